// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import NIOCore
internal import TrustCore

/// A short body, or a short field of a form, that is kept in memory.
actor SmallBody {
    private let limit: Int
    private(set) var bytes: [UInt8] = []

    init(_ limit: Int) { self.limit = limit }

    /// Takes bytes.
    ///
    /// - Throws: `upload.too-large`.
    func write(_ buffer: ByteBuffer) throws {
        guard buffer.readableBytes <= limit - bytes.count else {
            throw Refusal(
                UploadCode.tooLarge,
                "what came with the package",
                expected: "at most \(limit) bytes"
            )
        }
        bytes += buffer.readableBytesView
    }
}
