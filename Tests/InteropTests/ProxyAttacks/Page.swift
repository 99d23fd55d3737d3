// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Transport
import TrustCore

/// A page of the proxy's own.
enum Page {
    /// Reads it.
    static func read(_ url: String) async throws -> [UInt8] {
        let caller = HTTPServiceCaller()
        do {
            let answer = try await caller.send(ServiceRequest(.get, url))
            await caller.shutdown()
            return answer.body
        } catch {
            await caller.shutdown()
            throw error
        }
    }
}
