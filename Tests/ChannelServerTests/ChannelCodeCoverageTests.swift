// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TUF
import TestSupport
import Testing
import TrustCore
import TrustPolicy

@testable import ChannelServer

@Suite("Refusal codes of the channel server")
struct ChannelCodeCoverageTests {
    static let provocations: [ChannelCode: @Sendable () async throws -> Void] = [
        .alreadyThere: { try await ChannelScene.make().create() },
        .trustMissing: { _ = try TrustFolder(directory: TemporaryFolder().path).existing() },
        .notAChannel: { _ = try ChannelScene(in: TemporaryFolder()).open() },
        .packageExists: {
            let scene = try await ChannelScene.make()
            try await scene.add([.sample(), .sample("other bytes")])
        },
        .packageUnknown: { try await ChannelScene.make().remove([.sample()]) },
        .packageName: {
            let index = try PackageIndex.read(
                Array(
                    #"{"name":"b","version":"1","build":"0","build_number":0,"depends":[],"subdir":"noarch"}"#
                        .utf8
                )
            )
            _ = try InspectedPackage.subdir(of: ArchiveFileName("a-1-0.conda"), index)
        },
        .subdirNotDelegated: {
            try await ChannelScene.make().add([FixturePackage("a-1-0.conda", in: "osx-64")])
        },
        .keyNotAuthorised: {
            let scene = try await ChannelScene.make()
            try FileManager.default.removeItem(atPath: scene.keys.directory + "/online-1.key")
            try await scene.add([.sample()])
        },
        .indexUnsigned: {
            let scene = try await ChannelScene.make()
            try scene.folder.write([], to: "channel/linux-64/repodata.json.bz2")
            try scene.check()
        },
        .indexAltered: {
            let scene = try await ChannelScene.make()
            try scene.folder.write([], to: "channel/linux-64/repodata.json")
            try scene.check()
        },
        .indexesDisagree: { try await defect("compressed index with other content") },
        .packageMissing: {
            let scene = try await ChannelScene.make()
            try await scene.add([.sample()])
            try FileManager.default.removeItem(atPath: scene.directory + "/" + FixturePackage.sample().path)
            try scene.check()
        },
        .recordWithoutDigest: { try await defect("record without SHA-256") },
        .shardMissing: {
            let scene = try await ChannelScene.make()
            try await scene.add([.sample()])
            try FileManager.default.removeItem(atPath: scene.directory + "/linux-64/shards")
            try scene.check()
        },
        .packageUnlisted: {
            let scene = try await ChannelScene.make()
            try scene.folder.write([], to: "channel/linux-64/a-1-0.conda")
            try scene.check()
        },
        .planUnsafe: { try PlannedMoves.check("../a", in: "/channel") },
        .keysServed: {
            let scene = ChannelScene(in: try TemporaryFolder())
            try await scene.create(keys: KeyRing(directory: scene.directory + "/keys"))
        },
        .notDelegated: { try await MaintainersScene.make(delegated: false).removeDelegation() },
        .notTheirs: {
            let world = try await MaintainersScene.make()
            let file = try FixturePackage("zlib-ng-2.0-0.conda")
            try await world.accept(try await world.maintainers.list([file], version: 2))
        },
        .maintainersUnsigned: {
            try await MaintainersScene.make().scene.add([FixturePackage("zlib-9-0.conda")])
        },
        .listAwaited: {
            let world = try await MaintainersScene.make()
            let old = world.maintainers.publicKeys[0]
            try await world.scene.publish(
                try await world.scene.ceremony { try $0.replace(.key(old), by: $2, named: nil) }
            )
        },
        .trustRootDiffers: {
            let scene = try await TrustScene.make()
            let other = try await TrustScene.make().folder.read("keys/" + ChannelTrust.anchorFile)
            try scene.folder.write(other, to: "keys/" + ChannelTrust.anchorFile)
            _ = try scene.trust()
        },
        .recordUnsignable: {
            let scene = try await TrustScene.make()
            try scene.write(#"{"packages":{"a-1-0.tar.bz2":{"name":"a","version":"1","build":"0"}}}"#)
            try await scene.sign()
        },
        .policyAltered: {
            let scene = try await ChannelScene.make()
            try scene.folder.write([], to: "channel/publishers.json")
            try scene.check()
        },
        .patternUnknown: { _ = try PublisherScene.policy().place(of: PackagePattern.all) },
        .packageUnattested: {
            let world = try await PublisherScene.make()
            try await world.set(try PublisherScene.policy())
            try await world.add(.sample())
        },
        .attestationsAltered: {
            let world = try await PublisherScene.make()
            let package = try FixturePackage.sample(), sidecar = try world.sidecar(of: package)
            try await world.add(package, sidecar)
            try world.scene.folder.write([], to: "channel/\(package.path).sigs.\(Digest.of(sidecar).hex)")
            try world.scene.check()
        },
        .signatureStale: {
            let scene = try await ChannelScene.make()
            try await scene.add([.sample()])
            try await TrustScene(folder: scene.folder).establish()
            try scene.check()
        },
    ]

    /// Checks a channel with a defect of the table.
    private static func defect(_ name: String) async throws {
        let defect = try #require(CheckTests.defects.first { $0.testDescription == name })
        var fixture = try await ChannelFixture(packages: [.sample(), .other()])
        try await defect.arrange(&fixture)
        _ = try ChannelCheck(directory: fixture.directory, root: fixture.root, now: ChannelFixture.start).run(
            .digests
        )
    }

    @Test("Each code is provoked by the smallest input that breaks its rule", arguments: ChannelCode.allCases)
    func eachCodeIsProvoked(code: ChannelCode) async throws {
        let provocation = try #require(Self.provocations[code])
        #expect(await refusalCode { try await provocation() } == code.rawValue)
        #expect(!code.entry.summary.isEmpty && !code.entry.remedy.isEmpty && !code.entry.explanation.isEmpty)
    }

    @Test(
        "A package must call itself what its file name does, and say its subdir",
        arguments: [
            (#"{"name":"a","version":"1","build":"0","subdir":"linux-64"}"#, nil),
            (#"{"name":"a","version":"1","build":"0","noarch":"python"}"#, nil),
            (#"{"name":"A","version":"1","build":"0","subdir":"noarch"}"#, "channel.package-name"),
            (#"{"name":"a","version":"2","build":"0","subdir":"noarch"}"#, "channel.package-name"),
            (#"{"name":"a","version":"1","build":"1","subdir":"noarch"}"#, "channel.package-name"),
            (#"{"name":"a","version":"1","build":"0"}"#, "channel.package-name"),
            (#"{"name":"a","version":"1","build":"0","subdir":"../x"}"#, "name.subdir"),
        ] as [(String, String?)]
    )
    func packageNames(index: String, code: String?) throws {
        let text = index.dropLast() + #","build_number":0,"depends":[]}"#
        #expect(
            refusalCode {
                try InspectedPackage.subdir(
                    of: ArchiveFileName("a-1-0.conda"),
                    PackageIndex.read(Array(text.utf8))
                )
            } == code
        )
    }
}
