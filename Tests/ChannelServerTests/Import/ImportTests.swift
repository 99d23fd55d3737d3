// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("Imports of a channel's folder")
struct ImportTests {
    private typealias Package = ImportScene.Package

    @Test(
        "What the index lists comes in with its bytes, and the log says that it was imported, from where and by whom"
    )
    func folder() async throws {
        let scene = try await ImportScene()
        let packages = [try Package(), try Package("world", "2.0", .tarBz2)]
        try scene.write(packages)
        var options = ImportOptions()
        options.person = "olga"
        let report = try await scene.run(options)
        #expect(report.imported == 2 && report.problemCount == 0)
        #expect(report.bytes == packages.reduce(0) { $0 + UInt64($1.bytes.count) })
        #expect(
            try await scene.listed()
                == Dictionary(uniqueKeysWithValues: packages.map { ($0.path, Digest.of($0.bytes)) })
        )
        for package in packages {
            let blob = try await scene.upload.server.blobs.bytes(
                of: Digest.of(package.bytes),
                maximumLength: 1 << 20
            )
            #expect(blob == package.bytes)
        }
        let name = "folder " + (scene.old.path as NSString).lastPathComponent
        for entry in try await scene.upload.entries() {
            #expect(entry["type"] == "publish")
            #expect(entry["publisher"] == ["kind": "imported", "name": .string(name)])
            #expect(entry["imported"] == ["by": "olga", "from": .string(name)])
        }
        #expect(try await scene.upload.blobs() == UploadScene.Blobs(kept: 2, staged: 0))
        #expect(!FileManager.default.fileExists(atPath: scene.upload.server.folder.path + "/import"))
    }

    @Test("A second run finds everything there, and goes on with what is new; nothing is logged twice")
    func again() async throws {
        let scene = try await ImportScene()
        try scene.write([Package()])
        try await scene.run()
        try scene.write([Package(), Package("world")])
        let report = try await scene.run()
        #expect(report.unchanged == 1 && report.imported == 1)
        #expect(try await scene.upload.events() == ["publish", "publish"])
    }

    @Test("More packages than one transaction holds all come in, also many at once")
    func many() async throws {
        let scene = try await ImportScene()
        let packages = try (0..<150).map { try Package("p\($0)") }
        try scene.write(packages)
        var options = ImportOptions()
        options.width = 8
        let report = try await scene.run(options)
        #expect(report.imported == 150 && report.problemCount == 0)
        #expect(try await scene.listed().count == 150)
        #expect(try await scene.upload.entries().count == 150)
    }

    @Test("The moment of the first listing is kept, unless it has not come yet")
    func indexedTimestamp() async throws {
        let scene = try await ImportScene()
        let now = scene.upload.server.now.seconds * 1000
        var old = try Package("old"), future = try Package("future")
        old.record["indexed_timestamp"] = 1_600_000_000_123
        future.record["indexed_timestamp"] = .number(JSONNumber(now + 1))
        try scene.write([old, future, try Package("unsaid")])
        try await scene.run()
        for (name, expected) in [("old", 1_600_000_000_123), ("future", now), ("unsaid", now)] {
            let files = try await scene.upload.files().filter { $0.fileName.name.raw == name }
            let elements = try PackageElements(
                PackageName(name),
                in: Subdir("linux-64"),
                files: files,
                patch: nil
            )
            let shard = try #require(elements.shard)
            let record = try Shard.read(shard.bytes, expected: shard.digest, of: PackageName(name)).records[0]
            #expect(record.indexedTimestamp == UInt64(expected), "\(name)")
            // When the server took it is another matter, of which its statement speaks.
            #expect(files.first?.acceptedAt == UInt64(now))
        }
    }

    @Test("A file that the old index removed stays out of the new one, and its bytes come if they are there")
    func removed() async throws {
        let scene = try await ImportScene()
        let yanked = try Package("yanked")
        try scene.write([Package()], removed: [yanked.fileName, "lost-1.0-0.conda", "no name"])
        try scene.old.write(yanked.bytes, to: yanked.path)
        let report = try await scene.run()
        #expect(report.imported == 2 && report.yanked == 1 && report.gone == 1)
        #expect(
            try await scene.upload.files().map(\.state).sorted { $0.rawValue < $1.rawValue } == [
                .listed, .yanked,
            ]
        )
        #expect(try await scene.upload.events().sorted() == ["publish", "publish", "yank"])
        #expect(try await scene.run().unchanged == 2)
    }

    @Test("A dry run says what would come, and changes nothing")
    func dryRun() async throws {
        let scene = try await ImportScene()
        try scene.write([Package()])
        var options = ImportOptions()
        options.isDryRun = true
        let report = try await scene.run(options)
        #expect(report.imported == 1 && report.bytes > 0)
        try await scene.upload.demandNothing("a dry run")
    }

    @Test("Packages in the folder that its index does not list are counted, and left")
    func unlisted() async throws {
        let scene = try await ImportScene()
        try scene.write([Package()])
        try scene.old.write(Package("other").bytes, to: Package("other").path)
        let report = try await scene.run()
        #expect(report.imported == 1 && report.unlisted == 1)
    }

    @Test("Only the subdirs that are named are imported, and they must have an index")
    func subdirs() async throws {
        let scene = try await ImportScene()
        try scene.write([Package()])
        var options = ImportOptions()
        options.subdirs = [.noarch]
        #expect(ImportScene.codes(try await scene.run(options)) == ["noarch": "import.index-missing"])
        options.subdirs = [try Subdir("linux-64")]
        #expect(try await scene.run(options).imported == 1)
    }

    @Test("A folder with packages and without index is told of; one without anything is refused")
    func unindexed() async throws {
        let scene = try await ImportScene()
        #expect(await refusalCode { try await scene.run() } == "import.index-missing")
        try scene.old.write(Package().bytes, to: Package().path)
        #expect(ImportScene.codes(try await scene.run()) == ["linux-64": "import.index-missing"])
    }

    @Test("A channel that is not there takes nothing")
    func unknownChannel() async throws {
        let scene = try await ImportScene()
        try scene.write([Package()])
        let source = try ImportSource(
            folder: scene.old.path,
            root: nil,
            fetcher: NoFetcher(),
            pause: { _ in }
        )
        let code = await refusalCode {
            try await ChannelImport(into: "absent", of: scene.target, from: source).run()
        }
        #expect(code == "server.channel-unknown")
    }
}

/// A network that nobody uses.
private struct NoFetcher: Fetcher {
    func fetch(_ request: FetchRequest, receive: (UnsafeRawBufferPointer) throws -> Void) async throws
        -> FetchOutcome
    {
        .notFound
    }
}
