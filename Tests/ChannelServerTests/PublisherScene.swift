// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Sigstore
import TestSupport
import Testing
import TrustCore
import TrustPolicy

@testable import ChannelServer

/// A channel, a simulated instance of Sigstore, and a publisher whom the channel's owner may name.
final class PublisherScene {
    static let url = "https://conda.example.org/lab"
    static let start = ChannelScene.start

    let scene: ChannelScene
    private var instance: SimulatedInstance

    init(_ scene: ChannelScene) throws {
        self.scene = scene
        instance = try SimulatedInstance(at: Self.start.advanced(byDays: -1))
    }

    static func make() async throws -> PublisherScene { try PublisherScene(await .make()) }

    /// What the owner demands: by default, that `zlib` be attested by the publisher.
    static func policy(
        _ pattern: String = "zlib",
        of repositories: [String] = ["example/widget"],
        threshold: Int = 1,
        _ exemption: PublisherEntry.Exemption = .none
    ) throws -> PublisherPolicy {
        let entry = try PublisherEntry(
            #require(PackagePattern(pattern)),
            publishers: repositories.map { try #require(Publisher.github($0)) },
            threshold: threshold,
            exemption: exemption
        )
        return try PublisherPolicy(channel: ChannelURL(url), entries: [entry])
    }

    /// The bytes of a sidecar in which a repository's workflow says that it published a package.
    func sidecar(
        of package: FixturePackage,
        by repository: String = "example/widget",
        named name: String? = nil,
        for channel: String? = url
    ) throws -> [UInt8] {
        let statement = try PublishAttestation(
            fileName: name ?? package.fileName.text,
            sha256: package.sha256,
            targetChannel: channel
        )
        let signer = SimulatedInstance.Signer.workflow(of: repository)
        let bundle = try instance.bundle(stating: statement.encoded(), by: signer, .v1)
        return try Sidecar(bundles: [bundle.encoded()], of: package.fileName.text).bytes
    }

    /// Opens the channel, to verify with the simulated instance's keys.
    func open(now: Timestamp = start) throws -> SignedChannel {
        var channel = try scene.open(now: now)
        let verifier = try verifier
        channel.attestationVerifier = { verifier }
        return channel
    }

    var verifier: BundleVerifier { get throws { BundleVerifier(try instance.trustedRoot()) } }

    @discardableResult
    func set(_ policy: PublisherPolicy?, now: Timestamp = start) async throws -> ChannelChange {
        var channel = try open(now: now)
        return try await channel.setPublisherPolicy(policy, now: now)
    }

    /// Puts a package in, with a sidecar beside it or without.
    @discardableResult
    func add(
        _ package: FixturePackage,
        _ sidecar: [UInt8]? = nil,
        awaiting: Bool = false,
        now: Timestamp = start
    ) async throws -> ChannelChange {
        var incoming = try scene.incoming(package)
        incoming.sidecar = try sidecar.map {
            try PackageSidecar(parsing: $0, of: package.fileName, sha256: package.sha256)
        }
        var channel = try open(now: now)
        channel.awaitsAttestations = awaiting
        return try await channel.add([incoming], now: now)
    }

    /// Puts a sidecar beside a package in the channel's folder, as somebody with a text editor might.
    func put(_ sidecar: [UInt8], beside package: FixturePackage) throws {
        try scene.folder.write(sidecar, to: "channel/\(package.path).sigs")
    }

    @discardableResult
    func sign(
        _ renewal: SignedChannel.Renewal = .whatIsDue,
        repairing: Bool = false,
        now: Timestamp = start
    ) async throws -> ChannelChange {
        var channel = try open(now: now)
        return try await channel.sign(renewal, repairing: repairing, now: now)
    }

    /// The record of a package in `repodata.json`; in the other forms it must be the same.
    func record(of package: FixturePackage) throws -> PackageRecord {
        let folder = "channel/\(package.subdir)/"
        func read(_ name: String) throws -> PackageRecord? {
            let index = try RepodataIndex(scene.folder.read(folder + name), subdir: package.subdir)
            return try index.record(fileName: package.fileName.text)
        }
        let record = try #require(try read("repodata.json"))
        let current = try read("current_repodata.json")
        #expect(current?.raw == record.raw)
        let shards = try ShardIndex.read(
            scene.folder.read(folder + "repodata_shards.msgpack.zst"),
            subdir: package.subdir
        )
        let digest = try #require(shards.digest(of: package.fileName.name))
        let shard = try Shard.read(
            scene.folder.read(folder + "shards/\(digest.hex).msgpack.zst"),
            expected: digest,
            of: package.fileName.name,
            subdir: package.subdir
        )
        #expect(shard.records.contains { $0.raw == record.raw })
        return record
    }

    func exists(_ path: String) throws -> Bool { try scene.files()[path] != nil }
}
