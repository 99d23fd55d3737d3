// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import DurableFiles
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("What an import refuses, while the rest goes on")
struct ImportRefusalTests {
    private typealias Package = ImportScene.Package

    /// One thing that is wrong with a package.
    struct Fault: CustomTestStringConvertible {
        let testDescription: String
        let code: String
        let spoil: @Sendable (inout ImportScene.Package, TemporaryFolder) throws -> Void

        init(
            _ description: String,
            _ code: String,
            _ spoil: @escaping @Sendable (inout ImportScene.Package, TemporaryFolder) throws -> Void
        ) {
            testDescription = description
            self.code = code
            self.spoil = spoil
        }
    }

    static let faults = [
        Fault("other bytes than the index says", "upload.digest") { package, _ in
            package.record["sha256"] = .string(Digest.of([1]).hex)
        },
        Fault("another MD5 than the index says", "upload.digest") { package, _ in
            package.record["sha256"] = nil
            package.record["md5"] = .string(Digest.of([1], by: .md5).hex)
        },
        Fault("another length than the index says", "upload.length") { package, _ in
            package.record["size"] = 1
        },
        Fault("no digest in the index", "import.undigested") { package, _ in
            package.record["sha256"] = nil
            package.record["md5"] = nil
        },
        Fault("not there", "import.package-missing") { package, folder in
            try folder.remove(package.path)
        },
        Fault("a broken archive", "archive.truncated") { package, folder in
            package.bytes = Array(package.bytes.prefix(package.bytes.count / 2))
            package.record = package.builder.record(of: package.bytes)
            try folder.write(package.bytes, to: package.path)
        },
        Fault("for another subdir than it lies in", "upload.subdir") { package, folder in
            var builder = PackageBuilder(name: "bad", version: "1.0", build: "0", subdir: "osx-64")
            builder.add(file: "bin/bad", "bad")
            package.bytes = try builder.build(.conda)
            package.record = package.builder.record(of: package.bytes)
            try folder.write(package.bytes, to: package.path)
        },
        Fault("a record that is none", "json.shape") { package, _ in
            package.record["depends"] = 7
        },
        Fault("built in the future", "upload.built-in-future") { package, folder in
            package.builder.indexExtras["timestamp"] = 4_000_000_000_000
            package.bytes = try package.builder.build(.conda)
            package.record = package.builder.record(of: package.bytes)
            try folder.write(package.bytes, to: package.path)
        },
        Fault("its name taken by other bytes", "server.file-exists") { package, folder in
            package.bytes = try ImportScene.Package("bad", holding: "other").bytes
            package.record = package.builder.record(of: package.bytes)
            try folder.write(package.bytes, to: package.path)
        },
    ]

    @Test(
        "One bad package among good ones is told of by its code, and nothing of it stays",
        arguments: faults
    )
    func faulty(_ fault: Fault) async throws {
        let scene = try await ImportScene()
        var bad = try Package("bad")
        if fault.code == "server.file-exists" {
            _ = try await scene.upload.send(bad.bytes, as: bad.fileName)
        }
        let before = try await scene.upload.entries().count
        let good = [try Package("a"), try Package("z")]
        try scene.write(good + [bad])
        try fault.spoil(&bad, scene.old)
        try scene.index(good + [bad])
        let report = try await scene.run()
        #expect(ImportScene.codes(report) == [bad.path: fault.code])
        #expect(report.imported == 2 && report.problemCount == 1)
        let expected = good.map(\.path) + (before == 0 ? [] : [bad.path])
        #expect(try await scene.listed().keys.sorted() == expected.sorted())
        #expect(try await scene.upload.entries().count == 2 + before)
        #expect(try await scene.upload.blobs() == UploadScene.Blobs(kept: 2 + before, staged: 0))
    }

    @Test("A package that was removed here does not come back, and is no fault of the old channel")
    func removedHere() async throws {
        let scene = try await ImportScene()
        let package = try Package()
        try scene.write([package])
        try await scene.run()
        var file = try #require(try await scene.upload.files().first)
        file.state = .removed
        let removed = file
        try await scene.upload.server.database.write { try $0.update(removed) }
        let report = try await scene.run()
        #expect(report.unchanged == 1 && report.problemCount == 0)
        #expect(try await scene.listed().isEmpty)
    }

    @Test("A whole chunk does not suffer for one package that its transaction refuses: a quota")
    func quota() async throws {
        var settings = UploadSettings()
        settings.quota = ChannelQuotas(standard: ChannelQuota(bytes: nil, files: 2))
        let scene = try await ImportScene(settings)
        try scene.write([Package("a"), Package("b"), Package("c")])
        let report = try await scene.run()
        #expect(report.imported == 2)
        #expect(ImportScene.codes(report).values.sorted() == ["access.quota-exceeded"])
        #expect(try await scene.upload.blobs().staged == 0)
    }

    @Test("A second import waits its turn")
    func oneAtATime() async throws {
        let scene = try await ImportScene()
        try scene.write([Package()])
        let lock = try FileLock.ifFree(scene.target.spool + ".lock")
        #expect(lock != nil)
        await #expect(throws: Failure.self) { try await scene.run() }
        withExtendedLifetime(lock) {}
    }
}
