// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import DurableFiles
import Synchronization
import TestSupport
import Testing
import TrustCore
import TrustPolicy

@testable import ChannelServer

/// Texts of indexes in a folder, and a cache beside them.
struct RenderingScene {
    static let now = Timestamp(seconds: 1_790_000_000)

    let folder: TemporaryFolder
    let subdir: Subdir
    let channel: ChannelURL

    init() throws {
        folder = try TemporaryFolder()
        subdir = try Subdir("linux-64")
        channel = try ChannelURL("https://conda.example.org/forge")
    }

    var cache: String { folder.path + "/cache" }
    var renderer: IndexRenderer { IndexRenderer(folder: cache) }

    /// Stores a text as an upstream would.
    func text(_ index: SampleIndex) throws -> IndexText { try text(Array(index.text.utf8)) }

    func text(_ bytes: [UInt8]) throws -> IndexText {
        let id = Digest.of(bytes)
        let path = try folder.write(bytes, to: "texts/\(id.hex)")
        return IndexText(of: channel, subdir, id: id, path: path)
    }

    func render(
        _ index: SampleIndex,
        hiding judge: any ListingJudge = ListingOfEverything(),
        now: Timestamp = now
    ) async throws -> RenderedSubdir {
        try await renderer.rendered(text(index), hiding: judge, now: now)
    }

    /// All paths in the cache, but those of locks.
    func cached() throws -> [String] {
        try Self.files(in: cache).filter { !$0.contains("/locks/") }
    }

    private static func files(in folder: String) throws -> [String] {
        try Folder.names(in: folder).flatMap { name in
            let path = folder + "/" + name
            return Folder.isFolder(path) ? try files(in: path) : [path]
        }
    }
}

/// The text of an index, member by member, so that each byte is the test's.
struct SampleIndex {
    var info = "{\"subdir\":\"linux-64\"}"
    /// File names and records; the format decides the section.
    var records: [(file: String, text: String)] = []
    var removed: [String] = []
    /// Other top-level members, each with a comma before it.
    var more = ""

    /// Files by their names, each with a record that fits.
    init(_ files: [String] = Self.files) {
        records = files.map { ($0, Self.record($0)) }
    }

    static let files = [
        "numpy-1.9.0-py39_0.tar.bz2", "tool-a-1.0-0.tar.bz2", "numpy-1.10.0-py39_0.conda",
        "numpy-1.10.0-py310_0.conda", "tool-1.0-0.conda", "tool-a-0.9-0.conda", "Upper-2.0-h1_0.conda",
    ]

    static func record(_ file: String, _ more: String = "") -> String {
        guard let name = try? ArchiveFileName(file) else { return "{}" }
        let digest = Digest.of(Array(file.utf8)).hex
        // Neither the order of keys nor the space is any writer's.
        return """
            { "version":"\(name.version)","name":"\(name.name.raw)", "build":"\(name.build)","build_number":0,\
            "depends":["python >=3.9","caf\\u00e9"],"sha256":"\(digest)","size":10\(more)}
            """
    }

    var text: String {
        func section(_ suffix: String) -> String {
            "{"
                + records.filter { $0.file.hasSuffix(suffix) }.map { "\"\($0.file)\": \($0.text)" }
                .joined(separator: ",\n") + "}"
        }
        let removed = removed.map { "\"\($0)\"" }.joined(separator: ",")
        return """
            {"info": \(info), "packages": \(section(".tar.bz2")), "packages.conda": \(section(".conda")), \
            "removed": [\(removed)], "repodata_version": 1\(more)}
            """
    }
}

/// Hides files by the beginnings of their names, and counts what it is asked.
final class SampleJudge: ListingJudge {
    let hidden: [String]
    let dependsOnTime: Bool
    let needsFirstSeen: Bool
    let asked = Mutex<[(file: String, now: Timestamp)]>([])
    let seen = Mutex<[TrustPolicy.ListedFile]>([])

    init(hiding hidden: [String], dependsOnTime: Bool = false, needsFirstSeen: Bool = false) {
        self.hidden = hidden
        self.dependsOnTime = dependsOnTime
        self.needsFirstSeen = needsFirstSeen
    }

    var fingerprint: Digest { RenderingPlace.digest(hidden) }

    func findings(on file: TrustPolicy.ListedFile, now: Timestamp) -> [Finding] {
        asked.withLock { $0.append((file.fileName, now)) }
        seen.withLock { $0.append(file) }
        guard hidden.contains(where: file.fileName.hasPrefix) else { return [] }
        return [
            Finding("sample", .refused, "`\(file.name)` is not wanted"),
            Finding("in-index", .removed, "taken out"),
        ]
    }
}

/// All forms of a rendering, read as their clients do.
struct ReadForms {
    let plain: RepodataIndex
    let current: RepodataIndex
    let shardIndex: ShardIndex
    let shards: [Shard]
    /// The digests of all files, to compare renderings by.
    let digests: [Digest]

    init(_ rendered: RenderedSubdir) async throws {
        var bytes: [String: [UInt8]] = [:]
        var digests: [Digest] = []
        for name in RenderedSubdir.fileNames {
            let file = try #require(try await rendered.file(name))
            let read = try file.read(0..<Int(file.length))
            try file.sha256.check(read, of: name)
            bytes[name] = read
            digests.append(file.sha256)
        }
        func member(_ name: String) throws -> [UInt8] { try #require(bytes[name]) }
        plain = try RepodataIndex(member("repodata.json"), subdir: rendered.subdir)
        current = try RepodataIndex(member("current_repodata.json"), subdir: rendered.subdir)
        for (name, text) in [("repodata.json.zst", plain.text), ("current_repodata.json.zst", current.text)] {
            #expect(try Zstd.decompress(member(name), maximumLength: 1 << 20) == text)
        }
        shardIndex = try ShardIndex.read(member(ShardIndex.fileName), subdir: rendered.subdir)
        var shards: [Shard] = []
        for text in shardIndex.packageNames {
            let name = try PackageName(text)
            let digest = try #require(shardIndex.digest(of: name))
            let fileName = "shards/\(digest.hex).msgpack.zst"
            let file = try #require(try await rendered.file(fileName))
            let read = try file.read(0..<Int(file.length))
            shards.append(try Shard.read(read, expected: digest, of: name, subdir: rendered.subdir))
            digests.append(file.sha256)
        }
        self.shards = shards
        self.digests = digests
    }

    /// Demands that all forms list these files, with the same records.
    func expect(_ files: [String], sourceLocation: SourceLocation = #_sourceLocation) throws {
        #expect(Set(plain.fileNames) == Set(files), sourceLocation: sourceLocation)
        let records = shards.flatMap(\.records)
        #expect(
            records.map(\.fileName.text).sorted() == plain.fileNames.sorted(),
            sourceLocation: sourceLocation
        )
        for record in records {
            let other = try #require(try plain.record(fileName: record.fileName))
            #expect(other.raw == record.raw, sourceLocation: sourceLocation)
        }
        for (file, text) in current.recordTexts {
            #expect(plain.recordText(fileName: file) == text, sourceLocation: sourceLocation)
        }
    }
}
