// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Synchronization
internal import TrustCore

/// The bytes that an update may still take, over all its requests, however many are under way at once.
final class ByteBudget: Sendable {
    private let total: Int
    private let left: Mutex<Int>

    init(_ total: Int) {
        self.total = max(0, total)
        left = Mutex(max(0, total))
    }

    /// Counts bytes as they arrive, before anybody keeps them (`tuf.update-too-large`).
    func take(_ count: Int, for subject: String) throws {
        let isEnough = left.withLock { left in
            guard count <= left else { return false }
            left -= count
            return true
        }
        guard !isEnough else { return }
        throw Refusal(
            TUFCode.updateTooLarge,
            subject,
            expected: "at most \(total) bytes of metadata in one update",
            found: "more"
        )
    }
}
