// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@testable import CondaFormats

@Suite("Compressed buffers")
struct CompressionTests {
    /// `kingsnake`, by the bzip2 program.
    static let bzip2: [UInt8] = [
        0x42, 0x5A, 0x68, 0x39, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, 0x96, 0x64, 0x02, 0x4C, 0x00, 0x00,
        0x02, 0x81, 0x80, 0x22, 0xA9, 0x08, 0x00, 0x20, 0x00, 0x31, 0x0C, 0x01, 0x0D, 0x31, 0xA9, 0x6A,
        0x5C, 0xC0, 0xF1, 0x77, 0x24, 0x53, 0x85, 0x09, 0x09, 0x66, 0x40, 0x24, 0xC0,
    ]

    @Test("What was compressed is decompressed", arguments: [0, 1, 1_000, 131_072, 131_073, 3_000_000])
    func roundTrip(length: Int) throws {
        let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 7 ^ $0 >> 8) }
        let compressed = try Zstd.compress(bytes)
        #expect(try Zstd.decompress(compressed, maximumLength: length) == bytes)
        #expect(try Zstd.decompress(compressed + compressed, maximumLength: length * 2) == bytes + bytes)
        guard length > 0 else { return }
        #expect(
            refusalCode { try Zstd.decompress(compressed, maximumLength: length - 1) }
                == "compression.too-large"
        )
    }

    @Test("A source is decompressed piece by piece, and not beyond the limit")
    func pieces() throws {
        let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7 ^ $0 >> 8) }
        let source = StoredBytes(try Zstd.compress(bytes))
        var found: [UInt8] = []
        try Zstd.decompress(source, maximumLength: bytes.count) { found += $0 }
        #expect(found == bytes)
        var length = 0
        #expect(
            refusalCode { try Zstd.decompress(source, maximumLength: bytes.count - 1) { length += $0.count } }
                == "compression.too-large"
        )
        #expect(length < bytes.count)
    }

    @Test("Every truncation is refused")
    func truncation() throws {
        let zstd = try Zstd.compress((0..<5_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 3) })
        for length in 0..<zstd.count {
            #expect(
                refusalCode { try Zstd.decompress(Array(zstd[..<length]), maximumLength: 1 << 20) }
                    == "compression.truncated"
            )
        }
        for length in 0..<Self.bzip2.count {
            let code = refusalCode {
                try Bzip2.decompress(Array(Self.bzip2[..<length]), maximumLength: 1 << 20)
            }
            #expect(code == "compression.truncated")
        }
    }

    @Test("Bytes after the end are refused")
    func trailing() throws {
        let zstd = try Zstd.compress([1, 2, 3])
        #expect(
            refusalCode { try Zstd.decompress(zstd + [0, 0, 0, 0, 0], maximumLength: 99) }
                == "compression.corrupt"
        )
        #expect(
            refusalCode { try Bzip2.decompress(Self.bzip2 + [0], maximumLength: 99) }
                == "compression.trailing-data"
        )
    }

    @Test("bzip2 streams, one or more, are decompressed")
    func bzip2() throws {
        let text = Array("kingsnake".utf8)
        #expect(try Bzip2.decompress(Self.bzip2, maximumLength: 9) == text)
        #expect(try Bzip2.decompress(Self.bzip2 + Self.bzip2, maximumLength: 18) == text + text)
        #expect(refusalCode { try Bzip2.decompress(Self.bzip2, maximumLength: 8) } == "compression.too-large")
        #expect(
            refusalCode { try Bzip2.decompress(Self.bzip2 + Self.bzip2, maximumLength: 17) }
                == "compression.too-large"
        )
    }

    @Test("Damage is refused and never traps")
    func damage() throws {
        var generator = SeededGenerator(seed: 11)
        let zstd = try Zstd.compress(Array(RepodataSamples.index().utf8))
        for _ in 0..<2_000 {
            let one = generator.mutate(zstd)
            _ = refusalCode { try Zstd.decompress(one, maximumLength: 1 << 20) }
            let other = generator.mutate(Self.bzip2)
            _ = refusalCode { try Bzip2.decompress(other, maximumLength: 1 << 20) }
        }
    }
}
