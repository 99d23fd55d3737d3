// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("Real packages")
struct InspectionTests {
    private static func package(_ name: String = "hello") throws -> PackageBuilder {
        var package = PackageBuilder(name: name, version: "1.0", build: "0", subdir: "linux-64")
        package.depends = ["libc"]
        package.add(file: "bin/hello", "hello")
        return package
    }

    private static func write(_ package: PackageBuilder, _ format: ArchiveFormat, in scene: ChannelScene)
        throws -> String
    {
        try scene.folder.write(package.build(format), to: "packages/" + package.fileName(format))
    }

    @Test("A package is inspected, put in, and checked file by file", arguments: ArchiveFormat.allCases)
    func inspects(_ format: ArchiveFormat) async throws {
        let scene = try await ChannelScene.make()
        let path = try Self.write(Self.package(), format, in: scene)
        let bytes = try Array(Data(contentsOf: URL(fileURLWithPath: path)))
        let incoming = try IncomingPackage(inspecting: path)
        #expect(incoming.sha256 == Digest.of(bytes) && incoming.size == UInt64(bytes.count))
        do {
            var channel = try scene.open()
            _ = try await channel.add([incoming], now: ChannelScene.start)
        }
        let index = try RepodataIndex(scene.folder.read("channel/linux-64/repodata.json"))
        let record = try #require(try index.record(fileName: incoming.fileName))
        #expect(record.sha256 == Digest.of(bytes) && record.md5 == Digest.of(bytes, by: .md5))
        #expect(record.size == UInt64(bytes.count) && record.depends == ["libc"])
        let check = ChannelCheck(directory: scene.directory, root: nil, now: ChannelScene.start)
        #expect(try check.run(.everyFile).packageCount == 1)
    }

    @Test("A package under another's name is not taken")
    func wrongName() async throws {
        let scene = try await ChannelScene.make()
        let path = try scene.folder.write(Self.package().build(.tarBz2), to: "packages/other-1.0-0.tar.bz2")
        #expect(refusalCode { try IncomingPackage(inspecting: path) } == "channel.package-name")
    }

    @Test(
        "A package that an installer would refuse is not taken, and is found where somebody signed it all the same"
    )
    func hostilePackage() async throws {
        let scene = try await ChannelScene.make()
        var package = try Self.package()
        package.addUnchecked(path: "../escape", "out")
        let path = try Self.write(package, .conda, in: scene)
        let code = try #require(refusalCode { try IncomingPackage(inspecting: path) })
        #expect(code.hasPrefix("archive.") || code.hasPrefix("package."))
        var fixture = try FixturePackage(package.fileName(.conda))
        fixture.bytes = try package.build(.conda)
        let channel = try await ChannelFixture(packages: [fixture])
        let check = ChannelCheck(directory: channel.directory, root: channel.root, now: ChannelFixture.start)
        #expect(try check.run(.digests).packageCount == 1)
        #expect(refusalCode { try check.run(.everyFile) } == code)
    }
}
