// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Synchronization

/// Bytes that are wiped when nobody needs them any more.
final class SecretBytes: Sendable {
    private let bytes: Mutex<[UInt8]>

    init(_ bytes: [UInt8]) { self.bytes = Mutex(bytes.map { $0 }) }

    deinit { bytes.withLock { Wipe.bytes(&$0) } }

    /// Hands the bytes to a function that must not keep them.
    func withBytes<Result>(_ body: ([UInt8]) throws -> Result) rethrows -> Result {
        // The array is taken out of the lock, which shares its storage and copies nothing.
        try body(bytes.withLock { $0 })
    }
}
