// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import DurableFiles
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("Imports of a signed channel")
struct ImportSignedTests {
    private static func fixture(_ form: ChannelFixture.Form = .sharded) async throws -> ChannelFixture {
        // The channel was signed shortly before the scene's moment.
        try await ChannelFixture(
            form,
            packages: [try ImportURLTests.fixture(try ImportScene.Package())],
            now: Timestamp(seconds: 1_800_000_000 - 60)
        )
    }

    @Test(
        "It is verified from its root down, whichever form of the index it signs",
        arguments: ChannelFixture.Form.allCases
    )
    func verified(_ form: ChannelFixture.Form) async throws {
        let fixture = try await Self.fixture(form), scene = try await ImportScene()
        let report = try await scene.run(root: fixture.root, of: fixture.directory)
        #expect(report.imported == 1 && report.problemCount == 0)
    }

    @Test("Without a root it is refused, unless its signatures are to be ignored")
    func rootNeeded() async throws {
        let fixture = try await Self.fixture(), scene = try await ImportScene()
        #expect(await refusalCode { try await scene.run(of: fixture.directory) } == "import.root-needed")
        try await scene.upload.demandNothing("a signed channel without root")
        #expect(try await scene.run(of: fixture.directory, ignoringSignatures: true).imported == 1)
    }

    @Test("Another root, and an index that was altered after it was signed, let nothing in")
    func altered() async throws {
        let fixture = try await Self.fixture(.plain), other = try await Self.fixture(.plain)
        let scene = try await ImportScene()
        #expect(
            await refusalCode { try await scene.run(root: other.root, of: fixture.directory) }
                == "tuf.signatures"
        )
        for name in try Folder.names(in: fixture.directory + "/linux-64")
        where name.hasSuffix("repodata.json") {
            let bytes = try fixture.folder.read("linux-64/" + name)
            try fixture.folder.write(bytes.dropLast() + [0x20, 0x7D], to: "linux-64/" + name)
        }
        let code = await refusalCode { try await scene.run(root: fixture.root, of: fixture.directory) }
        #expect(code == "tuf.target-length" || code == "limit.too-large")
        try await scene.upload.demandNothing("an altered index")
    }

    @Test("A package that was replaced after the index was signed is refused")
    func replaced() async throws {
        let fixture = try await Self.fixture(), scene = try await ImportScene()
        let path = "linux-64/hello-1.0-0.conda"
        try fixture.folder.write(try ImportScene.Package(holding: "evil!").bytes, to: path)
        let report = try await scene.run(root: fixture.root, of: fixture.directory)
        #expect(["upload.digest", "upload.length"].contains(ImportScene.codes(report)[path] ?? ""))
        #expect(report.imported == 0)
    }

    @Test("A removed file that nobody vouches for stays where it is")
    func removed() async throws {
        var fixture = try await Self.fixture()
        fixture.removed = ["linux-64/gone-1.0-0.conda"]
        try await fixture.publish(now: Timestamp(seconds: 1_800_000_000 - 30))
        try fixture.folder.write(try ImportScene.Package("gone").bytes, to: "linux-64/gone-1.0-0.conda")
        let scene = try await ImportScene()
        let report = try await scene.run(root: fixture.root, of: fixture.directory)
        #expect(report.imported == 1 && report.gone == 1 && report.yanked == 0)
    }
}
