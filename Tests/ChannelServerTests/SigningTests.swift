// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import SigningKeys
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("Renewing signatures")
struct SigningTests {
    private static func after(_ hours: Int64) -> Timestamp {
        ChannelScene.start.advanced(bySeconds: hours * 3600)
    }

    @Test(
        "What is due is renewed, and nothing else",
        arguments: [
            (hours: 11, signed: []),
            (hours: 13, signed: ["timestamp version 2"]),
            // A third of a week is left.
            (hours: 24 * 5, signed: ["snapshot version 2", "timestamp version 2"]),
            (
                hours: 24 * 21,
                signed: [
                    "linux-64 version 2", "noarch version 2", "snapshot version 2", "timestamp version 2",
                ]
            ),
            (
                hours: 24 * 300,
                signed: [
                    "root version 2", "linux-64 version 2", "noarch version 2", "targets version 2",
                    "snapshot version 2",
                    "timestamp version 2",
                ]
            ),
        ] as [(hours: Int64, signed: [String])]
    )
    func whatIsDue(hours: Int64, signed: [String]) async throws {
        let scene = try await ChannelScene.make()
        let change = try await scene.sign(now: Self.after(hours))
        #expect(change.signed == signed)
        #expect(change.left.isEmpty)
        if !signed.isEmpty { try scene.check(now: Self.after(hours)) }
    }

    @Test("Everything can be renewed at once, and clients that pinned the first root follow")
    func everything() async throws {
        let scene = try await ChannelScene.make()
        let change = try await scene.sign(.everything)
        #expect(change.signed.count == 6)
        let first = try scene.folder.read("channel/tuf/1.root.json")
        let check = ChannelCheck(directory: scene.directory, root: first, now: ChannelScene.start)
        #expect(try check.run(.digests).rootVersion == 2)
    }

    @Test("Without the offline keys the rest is renewed, and what is left is said")
    func offlineKeysAway() async throws {
        let scene = try await ChannelScene.make()
        for name in ["root-1.key", "targets-1.key"] {
            try FileManager.default.removeItem(atPath: scene.keys.directory + "/" + name)
        }
        #expect(try await scene.sign(now: Self.after(13)).left.isEmpty)
        let change = try await scene.sign(now: Self.after(24 * 300))
        #expect(
            change.signed == [
                "linux-64 version 2", "noarch version 2", "snapshot version 2", "timestamp version 3",
            ]
        )
        #expect(change.left.count == 2)
        #expect(
            change.left[0].description.hasPrefix("`root` expires on 2027-11-21T12:00:00Z")
                && change.left[1].name == "targets"
        )
        #expect(!change.left.contains(where: \.isUrgent) && change.json["status"] == "ok")
        // Nobody can use the channel by then: that is no longer how it should be.
        let late = try await scene.sign(now: Self.after(24 * 366))
        #expect(late.left.map(\.name) == ["root", "targets"] && late.left.allSatisfy(\.isUrgent))
        #expect(late.json["status"] == "incomplete")
    }

    @Test("Without any key nothing is signed, and everything that was to be signed is left")
    func noKeys() async throws {
        let scene = try await ChannelScene.make()
        try FileManager.default.removeItem(atPath: scene.keys.directory)
        #expect(try await scene.sign(now: Self.after(11)).left.isEmpty)
        let due = try await scene.sign(now: Self.after(13))
        #expect(due.signed.isEmpty && due.left.map(\.name) == ["timestamp"])
        #expect(due.left.allSatisfy(\.isUrgent) && due.json["status"] == "incomplete")
        let all = try await scene.sign(.everything)
        #expect(all.signed.isEmpty)
        #expect(
            all.left.map(\.name) == ["root", "timestamp", "snapshot", "targets", "linux-64", "noarch"]
        )
        #expect(all.left.map(\.isUrgent) == [false, true, true, false, true, true])
    }

    @Test(
        "With too few root keys for its threshold, renewing everything says how many the root lacks, and is not done"
    )
    func tooFewRootKeys() async throws {
        let scene = ChannelScene(in: try TemporaryFolder())
        _ = try await SignedChannel.create(
            directory: scene.directory,
            keys: scene.keys,
            settings: ChannelSettings(subdirs: []),
            scheme: .ed25519,
            root: try #require(KeyRing.Quorum(count: 2, threshold: 2)),
            offline: .unsafelyUnencrypted,
            online: .unsafelyUnencrypted,
            now: ChannelScene.start
        )
        #expect(try await scene.sign(.everything).left.isEmpty)
        try FileManager.default.removeItem(atPath: scene.keys.directory + "/root-2.key")
        let change = try await scene.sign(.everything)
        #expect(change.left.map(\.name) == ["root"] && change.signed.count == 4)
        let root = try #require(change.left.first)
        #expect(root.needed == 2 && root.present == 1 && root.isUrgent)
        #expect(
            root.description.hasSuffix(
                "needs 2 offline keys, 1 of which is at hand (\(scene.keys.directory))"
            )
        )
        #expect(change.json["status"] == "incomplete")
        let object = change.json["left_roles"]?.array?.first?.object
        #expect(object?["needed"] == 2 && object?["present"] == 1 && object?["urgent"] == .bool(true))
        // A timer does not demand what it does not need yet, and without any offline key nobody came to sign.
        let due = try await scene.sign(now: Self.after(24 * 300))
        #expect(due.left.map(\.isUrgent) == [false])
        try FileManager.default.removeItem(atPath: scene.keys.directory + "/root-1.key")
        let none = try await scene.sign(.everything)
        #expect(none.left.map(\.present) == [0] && none.json["status"] == "ok")
        #expect(none.left[0].description.contains("needs 2 offline keys, none of which is at hand ("))
    }

    @Test(
        "Encrypted offline keys are not asked for until they are due; then an unattended run goes on without them"
    )
    func encryptedOfflineKeys() async throws {
        let passphrase = try Passphrase(Array("correct horse".utf8))
        let scene = try await ChannelScene.make(offline: .passphrase(passphrase))
        #expect(try await scene.sign(now: Self.after(13)).signed == ["timestamp version 2"])
        let change = try await scene.sign(now: Self.after(24 * 300))
        #expect(change.left.count == 2 && change.signed.count == 4)
        // Whoever demands everything is told.
        await #expect(throws: Failure.self) { try await scene.sign(.everything, now: Self.after(24 * 300)) }
        var channel = try SignedChannel(
            directory: scene.directory,
            keys: scene.keys,
            passphrase: { _ in passphrase },
            now: Self.after(24 * 300)
        )
        let attended = try await channel.sign(.whatIsDue, repairing: false, now: Self.after(24 * 300))
        #expect(
            attended.signed == [
                "root version 2", "targets version 2", "snapshot version 3", "timestamp version 4",
            ]
        )
        #expect(attended.left.isEmpty)
    }

    @Test("Keys may be elsewhere: a file in their place says where")
    func keysElsewhere() async throws {
        let scene = try await ChannelScene.make()
        for name in ["root-1", "targets-1", "online-1"] {
            let path = "\(scene.keys.directory)/\(name)", other = "\(scene.folder.path)/\(name)-elsewhere.key"
            try FileManager.default.moveItem(atPath: path + ".key", toPath: other)
            let text = "\(other)\nthe first line counts\n"
            chmod(try scene.folder.write(Array(text.utf8), to: "keys/\(name).signer"), 0o600)
        }
        #expect(try await scene.sign(.everything).signed.count == 6)
        try await scene.add([.sample()])
        try scene.check()
        chmod(try scene.folder.write(Array("exec:nothing\n".utf8), to: "keys/online-1.signer"), 0o600)
        await #expect(throws: Failure.self) { try await scene.add([.other()]) }
    }

    @Test(
        "Offline keys that do not open do not stop what is due, and references to them are not asked",
        arguments: [
            ("targets-1.signer", "no-such.key"), ("targets-1.signer", "exec:no-such.pub /bin/false"),
            ("targets-1.signer", "exec:targets-1.pub /bin/false"), ("targets-1.signer", "exec:nothing"),
            ("targets-1.signer", "pkcs11:token=away?module-path=/no/such.so"), ("targets-1.key", "no key"),
        ]
    )
    func offlineKeysThatDoNotOpen(name: String, text: String) async throws {
        let scene = try await ChannelScene.make()
        let path = scene.keys.directory + "/targets-1.key"
        let key = try KeyFile.read(path).unlock { nil }
        try PublicKeyFile.write(key.publicKey, to: scene.keys.directory + "/targets-1.pub")
        try FileManager.default.removeItem(atPath: path)
        chmod(try scene.folder.write(Array(text.utf8), to: "keys/" + name), 0o600)
        let change = try await scene.sign(now: Self.after(24 * 300))
        #expect(
            change.signed == [
                "root version 2", "linux-64 version 2", "noarch version 2", "snapshot version 2",
                "timestamp version 2",
            ]
        )
        #expect(change.left.map(\.name) == ["targets"] && change.left.map(\.present) == [0])
        #expect(change.left[0].description.hasSuffix("key, which is not at hand (\(scene.keys.directory))"))
        // Whoever demands everything is told.
        await #expect(throws: (any Error).self) { try await scene.sign(.everything) }
    }

    @Test("An offline key file that others can read does not stop what is due, and does not sign")
    func offlineKeyOfOthers() async throws {
        let scene = try await ChannelScene.make()
        chmod(scene.keys.directory + "/root-1.key", 0o644)
        let change = try await scene.sign(now: Self.after(24 * 300))
        #expect(change.left.map(\.name) == ["root"] && change.signed.count == 5)
        #expect(await refusalCode { try await scene.sign(.everything) } == "key.file-permissions")
    }

    @Test("An expired channel can be renewed, and does not verify before")
    func expired() async throws {
        let scene = try await ChannelScene.make()
        let later = Self.after(24 * 400)
        #expect(refusalCode { try scene.check(now: later) } == "tuf.expired")
        try await scene.sign(now: later)
        try scene.check(now: later)
    }

    @Test("Repairing writes what readers lack again, signs nothing, and the channel verifies")
    func repairs() async throws {
        let scene = try await ChannelScene.make()
        try await scene.add([.sample(), .other()])
        let good = try scene.files()
        var count = 0
        // One after the other: lost, then altered. `repodata.json` in one of its two names must stay to repair from.
        for path in good.keys.sorted() where path.contains("repodata") || path.contains("/shards/") {
            let bytes = try scene.folder.read("channel/" + path)
            try FileManager.default.removeItem(atPath: scene.directory + "/" + path)
            guard refusalCode({ try scene.check() }) != nil else {
                // Superseded, and kept for readers that lag behind.
                try scene.folder.write(bytes, to: "channel/" + path)
                continue
            }
            count += 1
            var change = try await scene.sign(repairing: true)
            #expect(change.repaired == [path] && change.signed.isEmpty)
            try scene.folder.write([1], to: "channel/" + path)
            change = try await scene.sign(repairing: true)
            #expect(change.repaired == [path])
            try scene.check()
        }
        #expect(try scene.files() == good)
        // Two subdirs with four forms under two names each, and two shards.
        #expect(count == 18)
    }

    @Test("The status tells versions, expiry, keys and packages, also of an expired channel")
    func status() async throws {
        let scene = try await ChannelScene.make()
        try await scene.add([.sample()])
        let later = ChannelScene.start.advanced(byDays: 8)
        let status = try ChannelStatus(directory: scene.directory, now: later)
        #expect(
            status.roles.map(\.name) == ["root", "timestamp", "snapshot", "targets", "linux-64", "noarch"]
        )
        #expect(status.roles.map(\.version) == [1, 2, 2, 1, 2, 1])
        #expect(status.roles.map(\.packageCount) == [nil, nil, nil, nil, 1, 0])
        #expect(status.roles[1].remaining(at: later) == "EXPIRED")
        #expect(status.roles[0].remaining(at: later) == "357 days left")
        #expect(!status.isPending && status.roles.allSatisfy { $0.keyIDs.count == 1 && $0.threshold == 1 })
        #expect(status.rootDigest == Digest.of(try scene.folder.read("channel/tuf/1.root.json")))
        let roles = try #require(status.json["roles"]?.array)
        #expect(
            roles.map { $0.object?["expired"] == .bool(true) } == [false, true, true, false, false, false]
        )
    }
}
