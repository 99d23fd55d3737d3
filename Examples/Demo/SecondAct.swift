// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport

/// Channels that are folders, as their owners sign them without a server.
struct SecondAct {
    private let world: DemoWorld

    init(_ world: DemoWorld) { self.world = world }

    /// Plays it.
    func run(_ score: inout Score) async throws {
        try await publish()
        try await install()
        try await attack(&score)
        try await contentTrust(&score)
        try await attest(&score)
        try await proxy(&score)
    }

    private func publish() async throws {
        Demo.chapter(
            "6. The same without a server: a folder",
            "Its owner has 2 of 3 root keys, encrypted, and an online key; any web server or mirror serves it."
        )
        try world.kingsnake.show(
            "channel",
            "init",
            world.channel,
            "--keys",
            world.keys,
            "--passphrase-file",
            world.passphrase,
            "--subdir",
            "linux-64",
            "--root-keys",
            "3",
            "--root-threshold",
            "2"
        )
        try world.kingsnake.show(
            ["channel", "add", world.channel, "--keys", world.keys] + world.firstPackages
        )
        try world.keepOldState()
        try world.kingsnake.show(
            ["channel", "add", world.channel, "--keys", world.keys] + world.laterPackages
        )
        try world.kingsnake.show("channel", "status", world.channel)
        try world.kingsnake.show("channel", "verify", world.channel, "--deep")
    }

    private func install() async throws {
        Demo.chapter(
            "7. Behind hostile mirrors",
            "Three mirrors: the first alters packages, the second serves an old index, the third is honest."
        )
        let altering = try await LoopbackServer.start(serving: world.channel) { request in
            request.path.hasSuffix(".conda") ? .altered : .normal
        }
        let stale = try await LoopbackServer.start(serving: world.oldChannel)
        let honest = try await LoopbackServer.start(serving: world.channel)
        try world.kingsnake.show(
            "trust",
            "add",
            DemoWorld.url,
            "--root",
            world.rootCopy,
            "--mirror",
            honest.url
        )
        try world.writeLock()
        try world.kingsnake.show(
            "install",
            "--prefix",
            world.prefix,
            "--lock",
            world.lock,
            "--mirror",
            altering.url,
            "--mirror",
            stale.url,
            "--mirror",
            honest.url
        )
        try world.runInstalledProgram(in: world.prefix)
        try world.kingsnake.show("audit", "--prefix", world.prefix)
        for server in [altering, stale, honest] { await server.stop() }
    }

    private func attack(_ score: inout Score) async throws {
        Demo.chapter(
            "8. Attacks by mirrors and packages",
            "Each by a mirror that is the only one, or by hand; each must be refused with its code."
        )
        var refused = 0
        for attack in Attack.all {
            let found = try await attack.run(in: world)
            let matches = found == attack.expected
            if matches { refused += 1 }
            print(attack.line(found: found, matches: matches))
        }
        print()
        score.add("by mirrors and packages", refused: refused, of: Attack.all.count)
    }

    private func contentTrust(_ score: inout Score) async throws {
        Demo.chapter(
            "9. Conda content trust",
            "A folder that another program indexes: its records are signed for conda and mamba as they are."
        )
        try world.makePlainFolder()
        try world.kingsnake.show(
            ["content-trust", "init", world.plain, "--profile", "joint", "--no-passphrase"]
        )
        try world.kingsnake.show(["content-trust", "sign", world.plain])
        try world.kingsnake.show(["content-trust", "verify", world.plain, "--root", world.plainRoot])
        let honest = try await LoopbackServer.start(serving: world.plain)
        try world.kingsnake.show(
            ["trust", "add", DemoWorld.plainURL, "--content-trust", world.plainRoot, "--mirror", honest.url]
        )
        try world.kingsnake.show(["verify", DemoWorld.plainURL + "/linux-64/hello-1.1-0.conda"])
        await honest.stop()
        print("What a mirror does to the record, and what becomes of it:\n")
        print(RecordAttack.title)
        var refused = 0
        for attack in RecordAttack.all {
            let found = try await world.verdicts(on: attack)
            if found == attack.expected { refused += 1 }
            print(attack.line(found: found))
        }
        print()
        score.add("on records that are signed for conda", refused: refused, of: RecordAttack.all.count)
    }

    private func attest(_ score: inout Score) async throws {
        Demo.chapter(
            "10. Who published it",
            "The publisher attests to a package with a Sigstore instance of the demo's own; the user demands that."
        )
        let (refused, all) = try await world.attest()
        score.add("on attestations", refused: refused, of: all)
    }

    private func proxy(_ score: inout Score) async throws {
        Demo.chapter(
            "11. Any client, behind a verifying proxy",
            "A client that checks nothing asks through `kingsnake run`, and is told why it does not get what is bad."
        )
        let (refused, all) = try await world.proxy()
        score.add("on a client behind the proxy", refused: refused, of: all)
    }
}
