// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TrustCore

/// What somebody who is trusted says an archive's bytes are.
struct PromisedBytes {
    let sha256: Digest?
    let size: UInt64?
    let subject: String

    /// Compares what was read to its end (`digest.mismatch`).
    func check(_ found: Digest, _ length: UInt64) throws {
        if let sha256 { try sha256.check(found, of: subject) }
        if let size, size != length {
            throw Refusal(
                CoreCode.digestMismatch,
                subject,
                expected: "\(size) bytes",
                found: "\(length) bytes"
            )
        }
    }

    /// Reads to the end what could not be unpacked to the end, and compares it (`digest.mismatch`).
    func checkAll(of source: FileSource) throws {
        guard let sha256 else { return }
        var digest = StreamingDigest(sha256.algorithm)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)
        defer { buffer.deallocate() }
        while true {
            let count = try source.read(into: buffer)
            guard count > 0 else { break }
            digest.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
        try check(digest.finish(), digest.byteCount)
    }
}
