// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import SigningKeys
import TUF
import TestSupport
import Testing
import TrustCore

@Suite("python-tuf's client and a channel of ours", .enabled(if: Peers.arePresent, "\(Peers.absence)"))
struct PythonTUFClientTests {
    @Test("it refreshes and downloads every index file, again after `channel add`")
    func downloads() async throws {
        let channel = try await SignedChannelFixture([(SamplePackages.python, .conda)])
        try await LoopbackServer.serving(channel.directory) { server in
            let first = try await Self.refresh(channel, server)
            #expect(first["roles"]?["root"] == 1)
            try await channel.add([(SamplePackages.library, .conda), (SamplePackages.linked, .tarBz2)])
            let second = try await Self.refresh(channel, server)
            for role in ["timestamp", "snapshot", "noarch"] {
                let versions = [first, second].map { $0["roles"]?[role]?.integer ?? 0 }
                #expect(versions[0] < versions[1], "\(role)")
            }
            #expect(
                first["roles"]?["linux-64"] == second["roles"]?["linux-64"],
                "nothing was added to linux-64"
            )
        }
    }

    @Test("it follows when the online keys are replaced, as a new client and as one of before")
    func rotation() async throws {
        let channel = try await SignedChannelFixture([(SamplePackages.python, .conda)])
        try await LoopbackServer.serving(channel.directory) { server in
            _ = try await Self.refresh(channel, server, state: "of-before")
            let new = try await Self.replaceOnlineKey(of: channel)
            for state in ["of-before", "new"] {
                let answer = try await Self.refresh(channel, server, state: state)
                #expect(answer["roles"]?["root"] == 2)
            }
            // The program goes on with the new key, and peers with the program.
            try FileManager.default.removeItem(atPath: channel.keys + "/online-1.key")
            try KeyFile.write(new, to: channel.keys + "/online-1.key", protection: .unsafelyUnencrypted)
            try await channel.add([(SamplePackages.linked, .tarBz2)])
            _ = try await Self.refresh(channel, server, state: "of-before")
            _ = try await channel.kingsnake.must([
                "channel", "verify", channel.directory, "--root", channel.root,
            ])
        }
    }

    @Test("it finds the files that maintainers sign, and every index, whoever's name begins alike")
    func maintainedPackages() async throws {
        let channel = try await SignedChannelFixture(SamplePackages.all)
        let signed = ["noarch/linked-2.0-0.tar.bz2", "linux-64/python-3.13.1-0_cp313.conda"]
        try await channel.delegate("linked", [signed[0]])
        try await channel.delegate("python", [signed[1]])
        try await LoopbackServer.serving(channel.directory) { server in
            let answer = try await Self.refresh(channel, server)
            #expect(answer["roles"]?["linux-64"] != nil)
            let out = channel.folder.path + "/packages-by-python-tuf"
            let arguments = [
                "--no-hash-prefix", "\(server.url)/tuf/", channel.root, server.url + "/",
            ]
            let found = try await Peers.run("tuf_client", arguments + signed + [out])
            #expect(found["roles"]?["maintainers.linked"] == 1 && found["roles"]?["maintainers.python"] == 1)
            for path in signed {
                let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: "\(out)/\(path)")))
                #expect(try bytes == channel.read(path), "\(path)")
            }
            // What nobody but the index vouches for is no target.
            await #expect(throws: PeerRefusal.self) {
                let other = "noarch/library-0.1a2-pyhd_0.conda"
                _ = try await Peers.run("tuf_client", arguments + [other, out])
            }
        }
    }

    @Test("it follows a ceremony of three of five, a rotation that removes two, and another online key")
    func ceremonies() async throws {
        let five = ["alice", "bob", "carol", "dora", "erik"]
        let ceremony = try await CeremonyWorld(five)
        let world = ceremony.world
        try await ceremony.proposeFirst(of: five, threshold: 3)
        try await ceremony.sign("first", by: ["alice", "carol", "erik"])
        try await ceremony.publish("first")
        try await LoopbackServer.serving(world.channel) { server in
            #expect(try await Self.refresh(world, server, state: "of-before")["roles"]?["root"] == 1)
            try await world.must(
                ["root", "propose", "channel", "second", "--threshold", "offline=2"]
                    + ["--remove-key", "offline=dora", "--remove-key", "offline=erik"]
            )
            try await ceremony.sign("second", by: ["alice", "bob", "dora"])
            try await ceremony.publish("second")
            #expect(try await Self.refresh(world, server, state: "of-between")["roles"]?["root"] == 2)
            try await world.must("root", "key", "channel.keys/online-2", "--no-passphrase")
            try await world.must(
                ["root", "propose", "channel", "third"]
                    + ["--replace-key", "online-1=channel.keys/online-2.pub"]
            )
            try await ceremony.sign("third", by: ["alice", "carol"])
            try await ceremony.publish("third")
            for state in ["of-before", "of-between", "new"] {
                let roles = try await Self.refresh(world, server, state: state)["roles"]
                #expect(roles?["root"] == 3 && roles?["targets"] == 3, "\(state)")
            }
        }
    }

    /// Refreshes and downloads all targets, from the first root.
    private static func refresh(_ world: ChannelWorld, _ server: LoopbackServer, state: String) async throws
        -> JSONValue
    {
        try await Peers.run(
            "tuf_client",
            [
                "--metadata-dir", "\(world.path)/\(state)", "\(server.url)/tuf/",
                world.channel + "/tuf/1.root.json", server.url + "/",
            ] + SignedChannelFixture.targets + ["\(world.path)/downloads-\(UUID())"]
        )
    }

    @Test("it refuses what we refuse: an altered index, a timestamp by another key")
    func refuses() async throws {
        let channel = try await SignedChannelFixture([(SamplePackages.python, .conda)])
        let altered = try await LoopbackServer.start(serving: channel.directory) { request in
            request.path.hasSuffix(".repodata.json") ? .altered : .normal
        }
        let other = try await SignedChannelFixture([])
        let wrong = try await LoopbackServer.start(serving: other.directory)
        for (server, error) in [(altered, "LengthOrHashMismatchError"), (wrong, "UnsignedMetadataError")] {
            do {
                _ = try await Self.refresh(channel, server, state: error)
                Issue.record("it accepted what it must not: \(error)")
            } catch let refusal as PeerRefusal {
                #expect(refusal.error == error || refusal.message.contains(error), "\(refusal)")
            }
            await server.stop()
        }
    }

    /// Refreshes, downloads all targets and compares their bytes with the channel's files.
    private static func refresh(
        _ channel: SignedChannelFixture,
        _ server: LoopbackServer,
        state: String = "state"
    ) async throws -> JSONValue {
        let out = "\(channel.folder.path)/downloads-\(UUID())"
        let answer = try await Peers.run(
            "tuf_client",
            [
                "--metadata-dir", "\(channel.folder.path)/\(state)", "\(server.url)/tuf/", channel.root,
                server.url + "/",
            ]
                + SignedChannelFixture.targets + [out]
        )
        for target in SignedChannelFixture.targets {
            let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: "\(out)/\(target)")))
            #expect(try bytes == channel.read(target), "\(target)")
        }
        return answer
    }

    /// What a ceremony does: a new key for timestamp, snapshot and the subdirs, in root version 2.
    private static func replaceOnlineKey(of channel: SignedChannelFixture) async throws -> PrivateKey {
        var editor = try RepositoryEditor(trustedRoot: try channel.read("tuf/1.root.json")) { name in
            try? channel.read("tuf/" + name)
        }
        let new = try PrivateKey.generate(.ecdsaP256)
        let setup = RoleSetup([new.publicKey])
        try editor.setRole(.timestamp, to: setup)
        try editor.setRole(.snapshot, to: setup)
        for subdir in SignedChannelFixture.subdirs {
            let name = try #require(RoleName(subdir))
            let scope = try #require(editor.roles[.targets]?.delegations?.role(named: name)?.scope)
            try editor.delegate(scope, to: name, keys: setup)
            // Signed again, by the key that counts now.
            editor.renew([name], by: [new])
        }
        let offline = try ["root-1", "targets-1"].map { name in
            try KeyFile.read("\(channel.keys)/\(name).key").unlock { nil }
        }
        for file in try await editor.publish(signers: offline + [new], now: Clock.now) {
            try channel.folder.write(file.bytes, to: "channel/tuf/" + file.name)
        }
        return new
    }
}

/// The time; peers read the clock, too.
enum Clock {
    static var now: Timestamp { Timestamp(seconds: Int64(Date().timeIntervalSince1970)) }
}
