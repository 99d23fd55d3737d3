// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CBzip2
import TrustCore

/// bzip2 for whole buffers: old repodata files. Only read, never written.
public enum Bzip2 {
    private static let chunkLength = 256 << 10

    /// Decompresses one or more streams that take up the whole buffer.
    ///
    /// - Throws: a `Refusal` with a `compression.…` code.
    public static func decompress(
        _ bytes: [UInt8],
        maximumLength: Int,
        of subject: String = "bzip2 data"
    ) throws -> [UInt8] {
        var out: [UInt8] = []
        var consumed = 0
        repeat {
            let isFirst = consumed == 0
            guard isFirst || startsStream(bytes[consumed...]) else {
                throw Refusal(CompressionCode.trailingData, subject, at: "byte \(consumed)")
            }
            consumed = try decompressStream(bytes, from: consumed, to: &out, maximumLength, subject)
        } while consumed < bytes.count
        return out
    }

    private static func startsStream(_ bytes: ArraySlice<UInt8>) -> Bool { bytes.starts(with: "BZh".utf8) }

    /// Decompresses one stream and answers where it ended.
    private static func decompressStream(
        _ bytes: [UInt8],
        from start: Int,
        to out: inout [UInt8],
        _ maximumLength: Int,
        _ subject: String
    ) throws -> Int {
        var stream = bz_stream()
        guard BZ2_bzDecompressInit(&stream, 0, 0) == BZ_OK else {
            throw Failure(.disk, "out of memory for bzip2")
        }
        defer { BZ2_bzDecompressEnd(&stream) }
        var chunk = [UInt8](repeating: 0, count: chunkLength)
        var consumed = start
        while true {
            let step = decode(&stream, bytes, from: consumed, into: &chunk)
            guard step.written <= maximumLength - out.count else {
                throw Refusal(
                    CompressionCode.tooLarge,
                    subject,
                    expected: "at most \(maximumLength) bytes"
                )
            }
            out.append(contentsOf: chunk[..<step.written])
            let stuck = step.written == 0 && step.consumed == consumed
            consumed = step.consumed
            switch step.status {
            case BZ_STREAM_END: return consumed
            case BZ_OK where stuck: throw Refusal(CompressionCode.truncated, subject, at: "byte \(consumed)")
            case BZ_OK: break
            default: throw Refusal(CompressionCode.corrupt, subject, at: "byte \(consumed)")
            }
        }
    }

    /// One call of the decoder: its status, where in the input it stopped, and how much it wrote.
    private static func decode(
        _ stream: inout bz_stream,
        _ bytes: [UInt8],
        from start: Int,
        into chunk: inout [UInt8]
    ) -> (status: Int32, consumed: Int, written: Int) {
        bytes.withUnsafeBytes { source in
            chunk.withUnsafeMutableBytes { target in
                // The library counts in 32 bits: larger inputs are handed over piece by piece.
                let piece = min(source.count - start, 1 << 30)
                let rest = UnsafeRawBufferPointer(rebasing: source[start..<start + piece])
                stream.next_in = UnsafeMutablePointer(
                    mutating: rest.assumingMemoryBound(to: CChar.self).baseAddress
                )
                stream.avail_in = UInt32(piece)
                stream.next_out = target.assumingMemoryBound(to: CChar.self).baseAddress
                stream.avail_out = UInt32(target.count)
                let status = BZ2_bzDecompress(&stream)
                return (status, start + piece - Int(stream.avail_in), target.count - Int(stream.avail_out))
            }
        }
    }
}
