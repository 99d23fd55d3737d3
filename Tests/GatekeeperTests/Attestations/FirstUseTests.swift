// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TestSupport
import Testing
import TrustCore
import TrustPolicy

@testable import Gatekeeper

@Suite("Trust on first use at the gate")
struct FirstUseTests {
    /// A channel with two builds of one package and another package, all attested, and a user who trusts on
    /// first use.
    private struct World {
        var scene: AttestedScene
        let first: FixturePackage
        let second: FixturePackage
        let other: FixturePackage
        let store: UserPolicyStore

        init(second publisher: String = AttestedScene.repository) async throws {
            first = try .sample()
            second = try FixturePackage("zlib-1.3.1-h0_1.conda")
            other = try FixturePackage("xz-5.6-h0_0.conda")
            scene = try await AttestedScene(packages: [first, second, other])
            store = UserPolicyStore(directory: scene.user.home.path + "/home")
            try scene.demandByUser(firstUse: true)
            try store.changePolicy {
                try $0.set(scene.publishers.policy?.channels.first, of: scene.user.channel)
            }
            try await scene.attest([scene.bundle()])
            let signer = AttestedScene.workflow(of: publisher)
            try await scene.attest([scene.bundle(by: signer, of: second)], to: 1)
            try await scene.attest([scene.bundle(of: other)], to: 2)
        }

        /// Asks for packages, as a run of the program that records.
        func codes(_ packages: [FixturePackage], recording: Bool = true) async throws -> [String?] {
            var scene = scene
            scene.publishers = try UserPublishers(from: store, recording: recording)
            return try await scene.admit(packages).map { AttestedScene.Outcome($0).code }
        }

        /// The files by which packages were seen first.
        var seen: [String] {
            get throws { try store.publisherLock().sightings.map(\.sighting.file).sorted() }
        }
    }

    @Test("Who published it first is recorded, and may publish again")
    func recorded() async throws {
        let world = try await World()
        #expect(try await world.codes([world.first, world.other]) == [nil, nil])
        #expect(try world.seen == [world.other.fileName.text, world.first.fileName.text])
        let sighting = try #require(
            try world.store.publisherLock().sighting(
                of: world.first.fileName.name,
                in: world.scene.user.channel
            )
        )
        #expect(sighting.digest == world.first.sha256 && sighting.firstSeen == world.scene.user.now)
        #expect(sighting.publishers.map(\.value) == ["https://github.com/example/widget"])
        #expect(try await world.codes([world.second]) == [nil])
        #expect(try world.seen.count == 2)
    }

    @Test("Somebody else is refused then, and changes nothing")
    func changed() async throws {
        let world = try await World(second: "evil/evil")
        #expect(try await world.codes([world.first]) == [nil])
        #expect(try await world.codes([world.second]) == ["known-publisher.changed"])
        #expect(try world.seen == [world.first.fileName.text])
    }

    @Test(
        "Whoever added an attestation of his own to the first file cannot go on alone, and neither can the other"
    )
    func addedToTheFirst() async throws {
        var world = try await World(second: "evil/evil")
        let evil = AttestedScene.workflow(of: "evil/evil")
        try await world.scene.attest([world.scene.bundle(), world.scene.bundle(by: evil)])
        #expect(try await world.codes([world.first]) == [nil])
        #expect(try await world.codes([world.second]) == ["known-publisher.incomplete"])
        try await world.scene.attest([world.scene.bundle(of: world.second)], to: 1)
        #expect(try await world.codes([world.second]) == ["known-publisher.incomplete"])
        // The user looks, and says who is the right one.
        try world.store.changePublisherLock { lock in
            let channel = world.scene.user.channel
            let right = try #require(lock.sighting(of: world.first.fileName.name, in: channel)).publishers[0]
            #expect(lock.accept(right, of: world.first.fileName.name, in: channel) == .accepted)
        }
        #expect(try await world.codes([world.second]) == [nil])
        try await world.scene.attest([world.scene.bundle(by: evil, of: world.second)], to: 1)
        #expect(try await world.codes([world.second]) == ["known-publisher.incomplete"])
    }

    @Test("So is a package that is not attested any more, whether or not the index still promises it")
    func disappeared() async throws {
        var world = try await World()
        #expect(try await world.codes([world.first]) == [nil])
        world.scene.fixture.packages[1].recordChanges = [:]
        try await world.scene.fixture.publish()
        #expect(try await world.codes([world.second]) == ["known-publisher.disappeared"])
        try await world.scene.attest([world.scene.bundle(of: world.second)], to: 1)
        let digest = try #require(
            world.scene.fixture.packages[1].recordChanges["attestations_sha256"]?.string
        )
        try world.scene.fixture.folder.remove("\(world.second.path).sigs.\(digest)")
        #expect(try await world.codes([world.second]) == ["attested.stripped"])
    }

    @Test("Of a run in which anything is refused nothing is recorded")
    func allOrNothing() async throws {
        var world = try await World()
        try await world.scene.promise(Array("[]".utf8), of: 2)
        #expect(try await world.codes([world.first, world.other]) == [nil, "attested.stripped"])
        #expect(try world.seen.isEmpty)
    }

    @Test("Two publishers of one package in the first run contradict each other")
    func contradiction() async throws {
        let world = try await World(second: "evil/evil")
        #expect(try await world.codes([world.first, world.second]) == [nil, "known-publisher.changed"])
        #expect(try world.seen.isEmpty)
    }

    @Test("What another run has seen meanwhile counts before anything is recorded")
    func race() async throws {
        let world = try await World(second: "evil/evil")
        var late = world.scene
        // It read the lock before the other run wrote it.
        late.publishers = try UserPublishers(from: world.store, recording: true)
        #expect(try await world.codes([world.first]) == [nil])
        let admissions = try await late.admit([world.second])
        #expect(admissions.map { AttestedScene.Outcome($0).code } == ["known-publisher.changed"])
        #expect(admissions.first?.package == nil)
        #expect(try world.seen == [world.first.fileName.text])
    }

    @Test("Whoever only looks records nothing")
    func lookers() async throws {
        let world = try await World()
        #expect(try await world.codes([world.first], recording: false) == [nil])
        #expect(try world.seen.isEmpty)
    }

    @Test("Who attested for another channel is not recorded as a publisher of this one")
    func otherChannel() async throws {
        var world = try await World()
        let guest = try world.scene.bundle(
            by: AttestedScene.workflow(of: "example/guest"),
            for: "https://conda.example.org/other"
        )
        try await world.scene.attest([guest, world.scene.bundle()])
        #expect(try await world.codes([world.first]) == [nil])
        let lock = try world.store.publisherLock()
        #expect(
            lock.sightings.flatMap(\.sighting.publishers).map(\.value) == [
                "https://github.com/example/widget"
            ]
        )
    }

    @Test("A policy file that cannot be read is an error, and never no policy")
    func damaged() async throws {
        let world = try await World()
        try world.scene.user.home.write(Array("version: 2".utf8), to: "home/policy.yaml")
        #expect(
            refusalCode { try UserPublishers(from: world.store, recording: true) } == "policy-file.version"
        )
    }
}
