// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Sigstore
import TUF
import TestSupport
import Testing
import Transport
import TrustCore

@testable import Gatekeeper

@Suite("Updates of a Sigstore instance's keys")
struct SigstoreTrustUpdateTests {
    @Test("The first update brings keys, the next one newer keys, and nothing that is there is fetched again")
    func updates() async throws {
        var scene = try await InstanceScene()
        let first = try await scene.update()
        #expect(first.trustedRootBytes == InstanceScene.firstKeys)
        #expect(first.signingConfigBytes == InstanceScene.signingConfig)
        _ = scene.server.takeRequests()
        try await scene.update()
        #expect(scene.server.takeRequests() == ["2.root.json", "timestamp.json"])
        try await scene.repository.publish(
            keys: InstanceScene.secondKeys,
            signingConfig: InstanceScene.signingConfig,
            at: scene.now
        )
        let second = try await scene.update()
        #expect(second.trustedRootBytes == InstanceScene.secondKeys)
        #expect(scene.server.takeRequests().filter { $0.hasPrefix("targets/") }.count == 1)
        let known = try await scene.known()
        #expect(known.trustedRootBytes == InstanceScene.secondKeys && known.source == second.source)
        #expect(scene.server.takeRequests().isEmpty)
    }

    @Test("What is known says its versions, and until when it holds offline")
    func horizon() async throws {
        let scene = try await InstanceScene()
        try await scene.update()
        let known = try await scene.known()
        guard case .updated(let update) = known.source else {
            Issue.record("not updated")
            return
        }
        #expect(update.versions == SigstoreVersions(root: 1, timestamp: 1, snapshot: 1, targets: 1))
        #expect(update.horizon.role.text == "timestamp")
        #expect(update.horizon.moment == InstanceScene.start.advanced(byDays: 2))
        #expect(update.checked == InstanceScene.start)
        let last = update.horizon.moment.advanced(bySeconds: -1)
        #expect(known.freshness(at: last) == .current(until: update.horizon))
        #expect(known.freshness(at: update.horizon.moment) == .expired(update.horizon))
    }

    @Test(
        "New keys of a role are followed, by a machine of before and by a new one",
        arguments: [MetadataKind.root, .timestamp, .snapshot, .targets]
    )
    func rotates(kind: MetadataKind) async throws {
        var scene = try await InstanceScene()
        try await scene.update()
        try await scene.repository.rotate(kind, at: scene.now)
        try await scene.repository.publish(keys: InstanceScene.secondKeys, at: scene.now)
        #expect(try await scene.update().trustedRootBytes == InstanceScene.secondKeys)
        let new = try await InstanceScene()
        new.server.files = scene.repository.files
        try #require(try new.store.remove(new.name) != nil)
        try new.store.add(
            new.name,
            tufRoot: scene.repository.root(),
            url: ChannelURL(MemoryServer.url),
            now: new.now
        )
        for trust in [try await new.updateAsServed(), try await scene.known(), try await new.known()] {
            guard case .updated(let update) = trust.source else {
                Issue.record("not updated")
                return
            }
            #expect(update.versions.root == 2)
            #expect(trust.trustedRootBytes == InstanceScene.secondKeys)
        }
    }

    /// What a server makes of its files and the timestamp of before, and by which code that is refused.
    private struct Attack: Sendable {
        let code: String
        let change: @Sendable (_ files: [String: [UInt8]], _ oldTimestamp: [UInt8]) -> [String: [UInt8]]
    }

    private static let attacks: [Attack] = [
        // Altered, truncated, endless and withheld keys.
        Attack(code: "tuf.target-hash") { files, _ in keys(in: files) { $0[100] ^= 1 } },
        Attack(code: "tuf.target-length") { files, _ in keys(in: files) { $0.removeLast() } },
        Attack(code: "limit.too-large") { files, _ in keys(in: files) { $0.append(0x20) } },
        Attack(code: "tuf.target-missing") { files, _ in without(".trusted_root.json", files) },
        // Withheld metadata, and that of before.
        Attack(code: "tuf.metadata-missing") { files, _ in without("timestamp.json", files) },
        Attack(code: "tuf.metadata-missing") { files, _ in without(".snapshot.json", files) },
        Attack(code: "tuf.rollback") { files, old in files.merging(["timestamp.json": old]) { $1 } },
        // Metadata that promises something else.
        Attack(code: "tuf.metadata-hash") { files, _ in
            files.mapValues { bytes in
                let text = String(decoding: bytes, as: UTF8.self)
                return Array(text.replacing("\"trusted_root.json\"", with: "\"trusted_root.jsom\"").utf8)
            }
        },
    ]

    private static func without(_ ending: String, _ files: [String: [UInt8]]) -> [String: [UInt8]] {
        files.filter { !$0.key.hasSuffix(ending) }
    }

    private static func keys(in files: [String: [UInt8]], _ change: (inout [UInt8]) -> Void) -> [String:
        [UInt8]]
    {
        var changed = files
        for name in files.keys where name.hasSuffix(".trusted_root.json") {
            if var bytes = files[name], bytes == InstanceScene.secondKeys {
                change(&bytes)
                changed[name] = bytes
            }
        }
        return changed
    }

    @Test(
        "A hostile mirror is refused, and what was known before stays as it was",
        arguments: attacks.indices
    )
    func attack(at index: Int) async throws {
        let attack = Self.attacks[index]
        var scene = try await InstanceScene()
        let old = try #require(scene.repository.files["timestamp.json"])
        try await scene.repository.renew(at: scene.now)
        try await scene.update()
        let before = try scene.home.read(scene.statePath)
        try await scene.repository.publish(
            keys: InstanceScene.secondKeys,
            signingConfig: InstanceScene.signingConfig,
            at: scene.now
        )
        scene.server.files = attack.change(scene.repository.files, old)
        let code = await refusalCode { try await scene.updateAsServed() }
        #expect(code == attack.code)
        #expect(try scene.home.read(scene.statePath) == before)
        #expect(try await scene.known().trustedRootBytes == InstanceScene.firstKeys)
        // And an honest one is believed afterwards.
        #expect(try await scene.update().trustedRootBytes == InstanceScene.secondKeys)
    }

    @Test("A repository without keys, or with keys that cannot be read, takes nothing away")
    func unusableKeys() async throws {
        for (keys, code) in [
            (nil, "tuf.target-not-found"), (Array("{".utf8), "json.syntax"),
            (Array("{}".utf8), "trust-root.missing-field"),
        ] as [([UInt8]?, String)] {
            var scene = try await InstanceScene()
            try await scene.update()
            try await scene.repository.publish(keys: keys, at: scene.now)
            #expect(await refusalCode { try await scene.update() } == code)
            #expect(try await scene.known().trustedRootBytes == InstanceScene.firstKeys)
        }
    }

    @Test("A signing configuration that cannot be read keeps no keys from arriving, and signs nothing")
    func unreadableConfig() async throws {
        let scene = try await InstanceScene(signingConfig: Array("{}".utf8))
        let trust = try await scene.update()
        #expect(trust.trustedRootBytes == InstanceScene.firstKeys)
        #expect(refusalCode { try trust.signingConfig() } == "trust-root.missing-field")
    }

    @Test("A frozen repository is refused when its timestamp runs out; the keys stay, and are said to be old")
    func freeze() async throws {
        var scene = try await InstanceScene()
        try await scene.update()
        scene.now = InstanceScene.start.advanced(byDays: 3)
        #expect(await refusalCode { try await scene.update() } == "tuf.expired")
        let known = try await scene.known()
        #expect(known.trustedRootBytes == InstanceScene.firstKeys)
        #expect(refusalCode { try known.demandFresh(at: scene.now) } == "instance.expired")
        try await scene.repository.renew(at: scene.now)
        try await scene.update().demandFresh(at: scene.now)
    }

    @Test("A repository that takes longer than it is given is a failure")
    func slow() async throws {
        let scene = try await InstanceScene()
        scene.server.each = .seconds(6)
        let failure = await #expect(throws: Failure.self) {
            try await scene.store.update(
                scene.name,
                over: scene.server,
                retry: MirrorRetry(rounds: 1),
                within: .seconds(10),
                uptime: { scene.server.uptime },
                now: scene.now
            )
        }
        #expect(failure?.message == "the metadata of the instance's repository took longer than 10.0 seconds")
    }

    @Test("Many updates at once all come off, and leave one whole state")
    func concurrent() async throws {
        var scene = try await InstanceScene()
        try await scene.repository.publish(keys: InstanceScene.secondKeys, at: scene.now)
        scene.server.files = scene.repository.files
        let machine = scene
        try await withThrowingTaskGroup(of: [UInt8].self) { group in
            for _ in 0..<8 { group.addTask { try await machine.updateAsServed().trustedRootBytes } }
            for try await keys in group { #expect(keys == InstanceScene.secondKeys) }
        }
        #expect(try await scene.known().trustedRootBytes == InstanceScene.secondKeys)
    }

    @Test("Older keys than the program came with are not taken, from a mirror or from the disk")
    func olderThanShipped() async throws {
        let scene = try await InstanceScene()
        try await scene.update()
        let plain = try scene.store.anchor(scene.name)
        let newer = SigstoreAnchor(
            name: plain.name,
            basis: plain.basis,
            added: plain.added,
            directory: plain.directory,
            oldestTargets: 2
        )
        let code = await refusalCode {
            try await scene.store.update(
                newer,
                over: scene.server,
                from: nil,
                retry: MirrorRetry(rounds: 1),
                within: .seconds(60),
                uptime: { .zero },
                now: scene.now
            )
        }
        #expect(code == "instance.older-than-shipped")
        // As if nothing had been stored: nothing but what came with the program counts.
        #expect(await refusalCode { try await scene.store.trust(by: newer) } == "instance.never-updated")
    }

    @Test("What was stored before the program came with a newer root is not taken, and not called damaged")
    func rootNewerThanState() async throws {
        var scene = try await InstanceScene()
        try await scene.update()
        try await scene.repository.rotate(.timestamp, at: scene.now)
        let plain = try scene.store.anchor(scene.name)
        let newer = SigstoreAnchor(
            name: plain.name,
            basis: .repository(tufRoot: scene.repository.root(2), url: try ChannelURL(MemoryServer.url)),
            added: plain.added,
            directory: plain.directory
        )
        #expect(await refusalCode { try await scene.store.trust(by: newer) } == "instance.never-updated")
    }
}
