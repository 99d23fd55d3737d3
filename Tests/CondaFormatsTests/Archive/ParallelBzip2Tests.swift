// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@testable import CondaFormats

@Suite("Decompressing several bzip2 blocks at a time")
struct ParallelBzip2Tests {
    /// Collects what is decompressed.
    private final class Collector: UnpackedSink {
        var bytes: [UInt8] = []
        private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 100_003, alignment: 1)

        deinit { buffer.deallocate() }

        func begin(_ part: ArchivePart) {}
        func space() -> UnsafeMutableRawBufferPointer { buffer }
        func commit(_ count: Int) { bytes += buffer[..<count] }
        func end() {}
    }

    private static let backwards: ParallelRunner = { count, body in (0..<count).reversed().forEach(body) }

    private static func decompress(_ bytes: [UInt8], parallel: ParallelRunner?) throws -> [UInt8] {
        let collector = Collector()
        _ = try PackageUnpacker.unpack(
            BytesSource(bytes),
            fileName: ArchiveFileName("a-1-0.tar.bz2"),
            limits: ArchiveLimits(),
            withMD5: false,
            parallel: parallel,
            into: collector
        )
        return collector.bytes
    }

    /// Text that does not compress to nothing, and long runs, which make blocks long.
    private static let text: [UInt8] = {
        var generator = SeededGenerator(seed: 1)
        let noise = (0..<3_000_000).map { _ in UInt8.random(in: 0..<64, using: &generator) }
        return noise + [UInt8](repeating: 0, count: 9_000_000) + noise.prefix(1_000_000)
    }()

    @Test("Many blocks, long blocks and several streams give the bytes that one thread gives")
    func equal() throws {
        let one = try PackageBuilder.bzip2(Self.text)
        let some = try PackageBuilder.bzip2([1, 2, 3])
        for bytes in [one, some, try PackageBuilder.bzip2([]), some + some, one + some + one] {
            let expected = try Self.decompress(bytes, parallel: nil)
            #expect(try Self.decompress(bytes, parallel: Self.backwards) == expected)
        }
    }

    @Test("Damage is refused as one thread refuses it", arguments: 0..<4 as Range<UInt64>)
    func damage(seed: UInt64) throws {
        let small = try PackageBuilder.bzip2(Array(Self.text.prefix(20_000)))
        var generator = SeededGenerator(seed: seed)
        for round in 0..<300 {
            let damaged = generator.mutate(small)
            let one = refusalCode { try Self.decompress(damaged, parallel: nil) }
            let many = refusalCode { try Self.decompress(damaged, parallel: Self.backwards) }
            #expect((one == nil) == (many == nil), "seed \(seed) round \(round): \(one ?? "") \(many ?? "")")
            if one == nil {
                let expected = try Self.decompress(damaged, parallel: nil)
                #expect(try Self.decompress(damaged, parallel: Self.backwards) == expected)
            }
        }
    }

    @Test("A wrong checksum of a whole stream is refused")
    func checksum() throws {
        var bytes = try PackageBuilder.bzip2(Self.text)
        bytes[bytes.count - 3] ^= 0x10
        #expect(
            refusalCode { try Self.decompress(bytes, parallel: Self.backwards) }
                == "archive.compression-corrupt"
        )
        #expect(refusalCode { try Self.decompress(bytes, parallel: nil) } == "archive.compression-corrupt")
    }

    @Test("A mark inside a block that stands there by chance does not divide it")
    func chance() throws {
        let bytes = try PackageBuilder.bzip2(Array(Self.text.prefix(50_000)))
        let end = try #require(endMark(bytes))
        let (level, packed) = (bytes[3], UInt64(bytes.count))
        for middle in [32 + 1_000, 32 + 33_333] {
            var block = Bzip2Block(bytes, 32..<middle, level: level, packed: packed)
            let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 1)
            defer { memory.deallocate() }
            guard case .corrupt = block.decompress(into: memory) else {
                Issue.record("half a block decompresses")
                return
            }
            block.append(Bzip2Block(bytes, middle..<end, level: level, packed: packed))
            guard case .complete(50_000) = block.decompress(into: memory) else {
                Issue.record("two halves do not make the block")
                return
            }
            #expect(memory[..<50_000].elementsEqual(Self.text.prefix(50_000)))
        }
    }

    private func endMark(_ bytes: [UInt8]) -> Int? {
        var splitter = Bzip2Splitter()
        splitter.restart(at: 10)
        let found = splitter.next(in: bytes, from: 80)
        return found?.mark == .streamEnd ? found?.bit : nil
    }
}
