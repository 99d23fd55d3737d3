// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// The bytes of an archive in order, each hashed as it is read and before anybody looks at it.
final class HashedInput {
    private let source: any ArchiveSource
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)
    private var start = 0
    private var end = 0
    private var sha256 = StreamingDigest(.sha256)
    private var md5: StreamingDigest?
    private var sourceEnded = false

    init(_ source: any ArchiveSource, withMD5: Bool) {
        self.source = source
        md5 = withMD5 ? StreamingDigest(.md5) : nil
    }

    deinit { buffer.deallocate() }

    /// How many bytes were consumed so far.
    private(set) var position: UInt64 = 0

    /// Whether nothing is left.
    func isAtEnd() throws -> Bool { try available() == 0 }

    /// The bytes that are at hand, at least one unless the end is reached; valid until the next call.
    func peek() throws -> UnsafeRawBufferPointer {
        _ = try available()
        return UnsafeRawBufferPointer(rebasing: buffer[start..<end])
    }

    /// Consumes some of what ``peek()`` showed.
    func advance(_ count: Int) {
        start += count
        position += UInt64(count)
    }

    /// Consumes exactly so many bytes (`archive.truncated`). Only for lengths with a small bound.
    func take(_ count: Int, _ what: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        while bytes.count < count {
            let chunk = try peek().prefix(count - bytes.count)
            guard !chunk.isEmpty else {
                throw Refusal(
                    ArchiveCode.truncated,
                    what,
                    at: "byte \(position)",
                    expected: "\(count) bytes",
                    found: "\(bytes.count) bytes"
                )
            }
            bytes.append(contentsOf: chunk)
            advance(chunk.count)
        }
        return bytes
    }

    /// The digests of everything, to be asked for at the end.
    func digests() -> ArchiveDigests {
        ArchiveDigests(sha256: sha256.finish(), md5: md5?.finish(), size: sha256.byteCount)
    }

    private func available() throws -> Int {
        if start == end, !sourceEnded {
            start = 0
            end = try source.read(into: buffer)
            sourceEnded = end == 0
            let fresh = UnsafeRawBufferPointer(rebasing: buffer[0..<end])
            sha256.update(fresh)
            md5?.update(fresh)
        }
        return end - start
    }
}
