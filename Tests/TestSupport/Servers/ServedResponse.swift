// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation

/// An answer before it is sent. `Content-Length` is the body's unless it is given, and a HEAD request gets
/// everything but the body.
struct ServedResponse: Sendable {
    var status: Int
    var headers: [(String, String)] = []
    var body = Data()

    /// A short text, for errors.
    static func text(_ status: Int, _ text: String) -> ServedResponse {
        ServedResponse(
            status: status,
            headers: [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store")],
            body: Data((text + "\n").utf8)
        )
    }
}
