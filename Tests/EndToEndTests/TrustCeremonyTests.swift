// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ContentTrust
import TestSupport
import Testing
import TrustCore

@Suite("Conda content trust, by the commands: keys and ceremonies")
struct TrustCeremonyTests {
    /// What a client sees that pinned the first root, from there on.
    private static func read(_ world: ChannelWorld, _ folder: String, roots: Int64) throws
        -> (chain: TrustChain, keyManager: VerifiedKeyManager)
    {
        var chain = try TrustChain(pinned: world.read("\(folder)/1.root.json"))
        for version in (1...roots).dropFirst() {
            try chain.append(world.read("\(folder)/\(version).root.json"))
        }
        #expect(!world.exists("\(folder)/\(roots + 1).root.json"))
        // The program's own clock is ahead of this by nothing that matters: metadata is good for a year.
        let now = chain.root.metadata.timestamp ?? Timestamp(seconds: 0)
        return (chain, try chain.keyManager(world.read("\(folder)/key_mgr.json"), now: now))
    }

    @Test("One person makes everything beside a signed channel, and the channel stays as good as it was")
    func onePerson() async throws {
        let world = try await ChannelWorld.pinned(with: [.hello()])
        try await world.must(
            "content-trust",
            "init",
            "channel",
            "--profile",
            "joint",
            "--no-passphrase",
            "--root-keys",
            "3",
            "--root-threshold",
            "2",
            "--package-keys",
            "2",
            "--package-threshold",
            "2"
        )
        let (chain, manager) = try Self.read(world, "channel", roots: 1)
        #expect(chain.root.metadata.delegations[.root]?.keys.count == 3)
        #expect(manager.metadata.delegations[.packageManager]?.keys.count == 4)
        #expect(manager.metadata.recordForms.values.map(\.self) == [.mamba, .mamba])
        let now = manager.metadata.timestamp ?? Timestamp(seconds: 0)
        let alive = try chain.packageManager(world.read("channel/pkg_mgr.json"), by: manager, now: now)
        #expect(alive.keyIDs.count == 4)
        // Until its records are signed, the channel does not keep what its keys promise.
        let unsigned = try await world.run("channel", "verify", "channel", "--json")
        #expect(unsigned.refusalCode == "channel.signature-stale")
        try await world.must("content-trust", "sign", "channel")
        try await world.must("channel", "verify", "channel", "--root", "channel/tuf/1.root.json")
        try await world.must("channel", "add", "channel", world.write(PackageBuilder.hello("1.1")))
        try await world.must("verify", world.packageURL(.hello("1.1")))
        let again = try await world.run("content-trust", "init", "channel", "--no-passphrase", "--json")
        #expect(again.refusalCode == "channel.already-there")
        // Both chains of the folder can be looked at.
        let tuf = try await world.must("root", "verify", "channel", "--root", "channel/tuf/1.root.json")
        #expect(tuf.output.contains("targets"))
        let trust = try await world.must(
            ["root", "verify", "channel", "--content-trust", "--root", "channel/1.root.json"]
        )
        #expect(trust.output.contains("key_mgr: 1 of 1 must sign") && !trust.output.contains("targets"))
    }

    @Test("With the keys at hand a change is signed at once; without enough of them nothing happens")
    func delegate() async throws {
        let world = try ChannelWorld()
        try world.write([], to: "repo/noarch/repodata.json")
        try await world.must("content-trust", "init", "repo", "--no-passphrase", "--profile", "joint")
        for path in ["repo.keys/package-2", "repo.keys/package-mamba-2", "repo.keys/key-mgr-2"] {
            try await world.must("root", "key", path, "--no-passphrase")
        }
        let refused = try await world.run(
            "content-trust",
            "delegate",
            "repo",
            "--threshold",
            "pkg_mgr=2",
            "--add-key",
            "pkg_mgr=repo.keys/package-2.pub",
            "--json"
        )
        #expect(refused.refusalCode == "trust-ceremony.threshold" && refused.status == 1)
        try await world.must(
            ["content-trust", "delegate", "repo", "--threshold", "pkg_mgr=2"]
                + ["--add-key", "pkg_mgr=repo.keys/package-2.pub"]
                + ["--add-mamba-key", "repo.keys/package-mamba-2.pub"]
        )
        let second = try Self.read(world, "repo", roots: 1).keyManager
        #expect(second.metadata.version == 2)
        #expect(second.metadata.delegations[.packageManager]?.threshold == 2)
        // The two keys of before are as many as must sign now, too.
        let alive = try TrustEnvelope(parsing: world.read("repo/pkg_mgr.json"), as: .packageManager)
        #expect(alive.metadata.version == 1 && alive.signatures.count == 2)

        // Another key manager: a new root, and metadata that the new one signs.
        let old = try Self.read(world, "repo", roots: 1).chain.root.metadata.delegations[.keyManager]
        let name = try #require(old?.keys.first?.hex)
        try await world.must(
            ["content-trust", "delegate", "repo", "--replace-key", "\(name)=repo.keys/key-mgr-2.pub"]
        )
        #expect(try Self.read(world, "repo", roots: 2).keyManager.metadata.version == 3)

        // A chain of somebody else in the place of ours, and no word of which root is known.
        try await world.must(
            ["content-trust", "init", "repo/noarch", "--no-passphrase", "--keys", "thief.keys"]
        )
        let renew = ["content-trust", "delegate", "repo/noarch", "--renew", "root", "--json"]
        let foreign = try await world.program.run(renew + ["--keys", "repo.keys"])
        #expect(foreign.refusalCode == "trust-ceremony.other-root" && foreign.status == 3)
        #expect(try await world.program.run(renew + ["--keys", "elsewhere"]).status == 6)

        // A key that is not here.
        try await world.must("root", "key", "elsewhere/key", "--no-passphrase")
        let incomplete = try await world.run(
            "content-trust",
            "delegate",
            "repo",
            "--add-key",
            "root=elsewhere/key.pub",
            "--threshold",
            "root=2",
            "--json"
        )
        #expect(incomplete.refusalCode == "trust-ceremony.incomplete" && incomplete.status == 4)
        #expect(incomplete.output.contains("--propose FILE"))
        #expect(!world.exists("repo/3.root.json"))
        try await world.must("content-trust", "delegate", "repo", "--renew", "pkg_mgr")
        let renewed = try TrustEnvelope(parsing: world.read("repo/pkg_mgr.json"), as: .packageManager)
        #expect(renewed.metadata.version == 2 && renewed.signatures.count == 4)
        try await world.must("content-trust", "delegate", "repo", "--renew", "root", "--renew", "key_mgr")
        #expect(try Self.read(world, "repo", roots: 3).keyManager.metadata.version == 4)
        let nothing = try await world.run("content-trust", "delegate", "repo", "--json")
        #expect(nothing.refusalCode == "trust-ceremony.no-change")
    }

    @Test(
        "Slips of the fingers are usage errors",
        arguments: [
            ["init", "repo", "--authority", "a.pub"],
            ["init", "repo", "--propose", "p", "--authority", "a.pub"],
            [
                "init", "repo", "--propose", "p", "--authority", "a", "--key-manager", "b", "--profile",
                "joint",
            ],
            ["init", "repo", "--profile", "both"],
            ["init", "repo", "--root-keys", "1", "--root-threshold", "2"],
            ["delegate", "repo", "--threshold", "targets=1"],
            ["delegate", "repo", "--threshold", "root=many"],
            ["delegate", "repo", "--renew", "pkg_mgr", "--propose", "p"],
        ]
    )
    func usage(arguments: [String]) async throws {
        let result = try await ChannelWorld().program.run(["content-trust"] + arguments)
        #expect(result.status == 2, "\(result.transcript)")
    }

    @Test("Entries among the signatures that are none are shown, and count for nothing")
    func malformed() async throws {
        let world = try ChannelWorld()
        try world.write([], to: "repo/noarch/repodata.json")
        try await world.must("content-trust", "init", "repo", "--no-passphrase")
        func spoil(_ file: String) throws {
            let text = String(decoding: try world.read(file), as: UTF8.self)
            let junk = "\"signatures\": {\"junk\": {\"signature\": \"00\"},"
            try world.write(Array(text.replacing("\"signatures\": {", with: junk).utf8), to: file)
        }
        try spoil("repo/key_mgr.json")
        let status = try await world.run("content-trust", "status", "repo")
        let words =
            "counts for nothing: what stands under `junk`, which is no signature (content-trust.signature-format)"
        #expect(status.output.contains("`key_mgr`, \(words)"), "\(status.transcript)")
        try spoil("repo/1.root.json")
        let verified = try await world.must("root", "verify", "repo")
        #expect(verified.output.contains(words), "\(verified.transcript)")
        let step = try await world.must("root", "verify", "repo", "--json").json()["steps"]?.array?.first?
            .object
        #expect(step?["malformed"] == [["keyid": "junk", "code": "content-trust.signature-format"]])
    }

    @Test(
        "A first root is signed unasked only if its digest is known, and never for a channel that has a root"
    )
    func firstRoot() async throws {
        let world = try ChannelWorld()
        for name in ["alice", "manager", "package"] {
            try await world.must("root", "key", name, "--no-passphrase")
        }
        for name in ["channel", "evil"] { try world.write([], to: "\(name)/noarch/repodata.json") }
        try await world.must("content-trust", "init", "channel", "--no-passphrase")
        // A stranger's root, which makes somebody's key his key manager's, and leaves out the chain.
        try await world.must(
            ["content-trust", "init", "evil", "--propose", "first", "--authority", "alice.pub"]
                + ["--key-manager", "manager.pub", "--package-key", "package.pub"]
        )
        let sign = [
            "root", "sign", "first", "--key", "manager.key", "--yes", "--json", "--out", "signatures",
        ]
        for known in [
            ["--root", "channel/1.root.json"], ["--root-sha256", String(repeating: "0", count: 64)],
        ] {
            let refused = try await world.program.run(sign + known)
            #expect(refused.refusalCode == "trust-ceremony.other-root" && refused.status == 3)
        }
        #expect(try await world.program.run(sign).status == 6)
        #expect(!world.exists("signatures"))
        try await world.must(sign + world.agreed(on: "first"))
        #expect(world.exists("signatures"))
    }

    @Test("A proposal of TUF is not signed with GnuPG, and its fingerprint must be whole")
    func gpgSlips() async throws {
        let world = try ChannelWorld()
        let short = try await world.run("root", "sign", "p", "--gpg", "0123", "--yes")
        #expect(short.status == 2)
        let both = try await world.run("root", "sign", "p", "--gpg", "0123", "--key", "a", "--yes")
        #expect(both.status == 2)
        #expect(try await world.run("root", "sign", "p", "--yes").status == 2)
        let key = ["root", "key", "k", "--gpg", String(repeating: "0", count: 40)]
        for option in [
            ["--scheme", "ecdsa-sha2-nistp256"], ["--no-passphrase"], ["--passphrase-file", "p"],
        ] {
            let result = try await world.program.run(key + option)
            #expect(
                result.status == 2 && result.errors.contains("--gpg makes no key"),
                "\(result.transcript)"
            )
        }
        let help = try await world.must("root", "key", "--help").output
        #expect(!help.contains(/no {2,}key/))
    }
}

/// Five authorities: `tina` has a token, `kim` a key service, `gina` a key in GnuPG, `finn` and `fiona`
/// encrypted files.
@Suite(
    "Ceremonies of conda content trust with a token, a key service, GnuPG and files",
    .enabled(if: CeremonyWorld.hasAllKinds && GnuPGHome.isPresent, "\(CeremonyWorld.absence), or gpg")
)
struct MixedTrustCeremonyTests {
    private static let five = ["tina", "kim", "gina", "finn", "fiona"]

    private static func made(_ home: GnuPGHome) async throws -> CeremonyWorld {
        var ceremony = try await CeremonyWorld.ofAllKindsInEd25519(five, home)
        for name in ["manager", "manager2", "package", "package2"] { try await ceremony.add(name) }
        let world = ceremony.world
        try world.write([], to: "channel/noarch/repodata.json")
        try await world.must(
            ["content-trust", "init", "channel", "--propose", "first", "--root-threshold", "3"]
                + ceremony.authorities.keys.filter(five.contains).sorted()
                .flatMap { ["--authority", ceremony.publicKey(of: $0)] }
                + ["--key-manager", ceremony.publicKey(of: "manager")]
                + ["--package-key", ceremony.publicKey(of: "package")]
        )
        try await ceremony.sign("first", by: ["tina", "kim", "gina", "manager"])
        try await ceremony.publish("first")
        return ceremony
    }

    @Test(
        "Three of five make the channel, two of them go, and the key manager and the package keys are replaced"
    )
    func lifeOfAChannel() async throws {
        let home = try await GnuPGHome()
        let ceremony = try await Self.made(home)
        let world = ceremony.world
        let delegate = ["content-trust", "delegate", "channel", "--root", "channel/1.root.json"]
        let first = try TrustChain(pinned: world.read("channel/1.root.json")).root
        #expect(first.keyIDs.count == 3)

        // Two go; three of the old five sign, one who goes among them.
        try await world.must(
            delegate + ["--propose", "second", "--threshold", "root=2"]
                + ["kim", "fiona"].flatMap { ["--remove-key", "root=" + ceremony.publicKey(of: $0)] }
        )
        try await ceremony.sign("second", by: ["gina", "finn"])
        let early = try await world.run("root", "publish", "second", "channel", "--json")
        #expect(early.refusalCode == "trust-ceremony.incomplete" && early.status == 4)
        #expect(!world.exists("channel/2.root.json"))
        try await ceremony.sign("second", by: ["kim"])
        try await ceremony.publish("second")

        // The key manager is replaced, and two package keys must sign from now on.
        let manager = ceremony.publicKey(of: "manager"), next = ceremony.publicKey(of: "manager2")
        try await world.must(
            delegate + ["--propose", "third", "--replace-key", "\(manager)=\(next)"]
                + ["--add-key", "pkg_mgr=" + ceremony.publicKey(of: "package2"), "--threshold", "pkg_mgr=2"]
        )
        try await ceremony.sign("third", by: ["tina", "gina", "manager2"])
        try await ceremony.publish("third")

        // Those who went have no say.
        try await world.must(delegate + ["--propose", "fourth", "--renew", "root"])
        let kim = try #require(ceremony.authorities["kim"]?.key)
        let refused = try await world.run(
            "root",
            "sign",
            "fourth",
            "--key",
            kim,
            "--yes",
            "--root",
            "channel/1.root.json",
            "--json"
        )
        #expect(refused.refusalCode == "trust-ceremony.stranger" && refused.status == 1)

        // A client that pinned the first root sees all of it.
        var chain = try TrustChain(pinned: world.read("channel/1.root.json"))
        try chain.append(world.read("channel/2.root.json"))
        try chain.append(world.read("channel/3.root.json"))
        let now = try #require(chain.root.metadata.timestamp)
        let keyManager = try chain.keyManager(world.read("channel/key_mgr.json"), now: now)
        #expect(keyManager.metadata.version == 2)
        #expect(keyManager.metadata.delegations[.packageManager]?.keys.count == 2)
        #expect(keyManager.metadata.delegations[.packageManager]?.threshold == 2)
        let second = try TrustEnvelope(parsing: world.read("channel/2.root.json"), as: .root)
        #expect(second.signatures.compactMap(\.seeAlso) == [home.fingerprint.lowercased()])
        let steps = try await world.must("root", "verify", "channel", "--json").json()["steps"]?.array
        #expect(steps?.count == 3)
    }

    @Test("Nobody signs without the root that is known, and another proposal than was agreed on")
    func knownRoot() async throws {
        let ceremony = try await Self.made(GnuPGHome())
        let world = ceremony.world
        try await world.must(
            ["content-trust", "delegate", "channel", "--renew", "root", "--propose", "second"]
        )
        let key = try #require(ceremony.authorities["manager"]?.key)
        let sign = ["root", "sign", "second", "--key", key, "--yes", "--json"]
        #expect(try await world.program.run(sign).status == 6)
        let other = try await world.program.run(sign + ["--root", "channel/key_mgr.json"])
        #expect(other.refusalCode == "trust-ceremony.other-root")
        let digest = try await world.program.run(
            sign + ["--root", "channel/1.root.json", "--sha256", String(repeating: "0", count: 64)]
        )
        #expect(digest.refusalCode == "trust-ceremony.other-bytes")
    }
}
