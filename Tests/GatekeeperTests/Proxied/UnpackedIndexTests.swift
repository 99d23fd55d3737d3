// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TestSupport
import Testing
import Transport
import TrustCore

@testable import Gatekeeper

@Suite("Indexes that are read while they are decompressed")
struct UnpackedIndexTests {
    private static let text = Array(
        "{\"info\":{\"subdir\":\"noarch\"},\"packages.conda\":{\"a-1-0.conda\":{\"name\":\"a\"}}}".utf8
    )

    private static func unpack(_ compressed: [UInt8], in cache: BlobCache) throws -> UnpackedIndex {
        try UnpackedIndex(StoredBytes(compressed), of: "repodata.json.zst", in: cache) { bytes in
            try RepodataFile(bytes, of: "repodata.json", subdir: .noarch)
        }
    }

    /// A frame that does not say how long its content is.
    private static func silent(_ bytes: [UInt8]) throws -> [UInt8] {
        let header: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x58]
        let size = UInt32(bytes.count) << 3 | 1
        return header + [UInt8(size & 0xFF), UInt8(size >> 8 & 0xFF), UInt8(size >> 16)] + bytes
    }

    @Test("The text lies under its digest, and one whole frame can be passed on as it is")
    func frame() throws {
        let folder = try TemporaryFolder()
        let cache = try BlobCache(at: folder.path + "/cache")
        let compressed = try Zstd.compress(Self.text)
        let unpacked = try Self.unpack(compressed, in: cache)
        #expect(try cache.path(of: Digest.of(Self.text), recheck: true) == unpacked.path)
        #expect(unpacked.index.digest == Digest.of(Self.text) && unpacked.index.source.name == unpacked.path)
        #expect(try unpacked.compressed?.read(0..<compressed.count) == compressed)
        #expect(unpacked.index.fileName(at: 0) == "a-1-0.conda")
    }

    @Test("A frame that does not say its length, or several, are read as a whole, and not passed on")
    func otherFrames() throws {
        let half = Self.text.count / 2
        let frames = try Zstd.compress(Array(Self.text[..<half])) + Zstd.compress(Array(Self.text[half...]))
        for compressed in [frames, try Self.silent(Self.text)] {
            let folder = try TemporaryFolder()
            let cache = try BlobCache(at: folder.path + "/cache")
            let unpacked = try Self.unpack(compressed, in: cache)
            #expect(unpacked.index.digest == Digest.of(Self.text) && unpacked.compressed == nil)
        }
    }

    @Test("What is damaged, no index, or longer than it says is refused, and nothing is left")
    func refused() throws {
        let compressed = try Zstd.compress(Self.text)
        var damaged = compressed
        damaged[damaged.count - 3] ^= 0x10
        let other = try Zstd.compress(Array("{\"info\":{\"subdir\":\"linux-64\"}}".utf8))
        let endless = try Zstd.compress(Array(Self.text.dropLast())) + Zstd.compress([UInt8(ascii: "]")])
        let refused: [([UInt8], String)] = [
            (Array(compressed.dropLast(2)), "compression.truncated"), (damaged, "compression.corrupt"),
            (Array("nothing".utf8), "compression.corrupt"), (compressed + [1], "compression.corrupt"),
            (try Zstd.compress(Array(Self.text.dropLast())), "json.syntax"), (endless, "json.syntax"),
            (other, "repodata.wrong-subdir"),
        ]
        for (bytes, code) in refused {
            let folder = try TemporaryFolder()
            let cache = try BlobCache(at: folder.path + "/cache")
            #expect(refusalCode { try Self.unpack(bytes, in: cache) } == code)
            #expect(try cache.path(of: Digest.of(Self.text)) == nil)
        }
    }
}
