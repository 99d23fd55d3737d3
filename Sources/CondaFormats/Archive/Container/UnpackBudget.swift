// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// Keeps decompression within its limits: a few bytes must not become a full disk.
struct UnpackBudget {
    private let limits: ArchiveLimits
    private let subject: String
    private var unpacked: UInt64 = 0

    init(_ limits: ArchiveLimits, subject: String) {
        self.limits = limits
        self.subject = subject
    }

    /// Takes note of decompressed bytes (`archive.too-large`, `archive.bomb`).
    ///
    /// - Parameter packed: how many bytes of the archive were consumed so far.
    mutating func spend(_ count: Int, packed: UInt64) throws {
        unpacked += UInt64(count)
        guard unpacked <= limits.unpackedBytes else {
            throw Refusal(
                ArchiveCode.tooLarge,
                subject,
                expected: "at most \(limits.unpackedBytes) bytes unpacked",
                found: "more"
            )
        }
        guard unpacked <= limits.ratioAppliesFrom || unpacked / limits.ratio <= packed else {
            throw Refusal(
                ArchiveCode.bomb,
                subject,
                expected: "at most \(limits.ratio) times the compressed size",
                found: "\(unpacked) bytes from \(packed)"
            )
        }
    }
}
