// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TestSupport
import Testing
import TrustCore

@Suite("Unusual archives")
struct UnusualArchiveTests {
    /// Hands out so many bytes at a time.
    private final class Drip: ArchiveSource {
        private let source: BytesSource
        private let most: Int

        init(_ bytes: [UInt8], most: Int) {
            source = BytesSource(bytes)
            self.most = most
        }

        func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
            source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(most)))
        }
    }

    @Test("What real tools write is accepted, in pieces of any size", arguments: UnusualArchive.all)
    func accepted(_ archive: UnusualArchive) throws {
        let bytes = try archive.bytes()
        for most in [1, 7, 512, 1 << 20] {
            let summary = try PackageArchiveReader.read(
                Drip(bytes, most: most),
                fileName: ArchiveFileName(archive.fileName),
                into: DiscardingVisitor()
            )
            #expect(summary.sha256 == Digest.of(bytes))
            #expect(summary.md5 == Digest.of(bytes, by: .md5))
            #expect(summary.size == UInt64(bytes.count))
            #expect(summary.counts.files == archive.counts.files)
            #expect(summary.counts.symbolicLinks == archive.counts.symbolicLinks)
            #expect(summary.counts.hardLinks == archive.counts.hardLinks)
        }
    }

    @Test("MD5 is taken only where it is wanted")
    func withoutMD5() throws {
        let summary = try PackageArchiveReader.read(
            BytesSource(try RawPackage().conda()),
            fileName: ArchiveFileName("a-1-0.conda"),
            withMD5: false,
            into: DiscardingVisitor()
        )
        #expect(summary.md5 == nil)
    }

    @Test("Every truncation is refused", arguments: [ArchiveFormat.conda, .tarBz2])
    func truncation(_ format: ArchiveFormat) throws {
        let sample = try ArchiveSample(format)
        for length in 0..<sample.bytes.count {
            #expect(refusalCode { try sample.read(Array(sample.bytes[..<length])) } != nil, "\(length) bytes")
        }
    }

    @Test(
        "Random damage never traps, and is refused or changes nothing that counts",
        arguments: [ArchiveFormat.conda, .tarBz2],
        0..<4 as Range<UInt64>
    )
    func damage(_ format: ArchiveFormat, seed: UInt64) throws {
        let sample = try ArchiveSample(format)
        let whole = try sample.read(sample.bytes)
        var generator = SeededGenerator(seed: seed)
        for round in 0..<400 {
            let damaged = generator.mutate(sample.bytes)
            do {
                let summary = try sample.read(damaged)
                #expect(summary.sha256 == Digest.of(damaged))
                #expect(summary.infoFiles == whole.infoFiles, "seed \(seed) round \(round)")
                #expect(summary.counts == whole.counts, "seed \(seed) round \(round)")
            } catch let refusal as Refusal {
                #expect(!refusal.codeName.isEmpty)
            }
        }
    }

    @Test("Random damage inside the compression never traps", arguments: 0..<4 as Range<UInt64>)
    func damageInside(seed: UInt64) throws {
        let sample = try ArchiveSample(.tarBz2)
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<300 {
            var package = RawPackage(subdir: "linux-64") { $0.add(.file, "a/b", content: [1]) }
            package.info.add(.symbolicLink, "info/x", link: "y/../z")
            let damaged = generator.mutate(package.whole)
            let code = refusalCode { try sample.read(PackageBuilder.bzip2(damaged)) }
            // `a/b` is not listed, so that not even harmless damage passes.
            #expect(code?.contains("not a refusal") == false)
        }
    }
}

/// A good package with one of each kind of entry.
private struct ArchiveSample {
    let bytes: [UInt8]
    let fileName: ArchiveFileName

    init(_ format: ArchiveFormat) throws {
        var builder = PackageBuilder(name: "a", version: "1", build: "0", subdir: "noarch")
        builder.add(file: "bin/a", "#!/bin/sh\n", executable: true)
        builder.add(file: "lib/a.txt", String(repeating: "text ", count: 40))
        builder.addLink("lib/b.txt", to: "a.txt")
        builder.addFolder("share/empty")
        bytes = try builder.build(format)
        fileName = try ArchiveFileName(builder.fileName(format))
    }

    @discardableResult
    func read(_ bytes: [UInt8]) throws -> ArchiveSummary {
        try PackageArchiveReader.read(BytesSource(bytes), fileName: fileName, into: DiscardingVisitor())
    }
}
