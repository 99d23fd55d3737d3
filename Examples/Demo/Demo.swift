// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import TestSupport

/// The main job, shown with the real program: a signed channel, three mirrors of which two are hostile, a
/// verified install, and a table of attacks, each refused with its code; then a folder that is signed for
/// conda and mamba as they are, and what the three make of it; and attestations, with a user who says who may
/// publish.
///
/// Everything is made in `./demo`, which is removed first. It ends with status 1 if anything is not as it
/// should be.
@main
enum Demo {
    static func main() async {
        do {
            let folder = FileManager.default.currentDirectoryPath + "/demo"
            try? FileManager.default.removeItem(atPath: folder)
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let world = try DemoWorld(folder: folder)
            try await publish(world)
            try await install(world)
            let areRefused = try await attack(world)
            let areUntrusted = try await contentTrust(world)
            let isGood = try await attest(world) && areUntrusted && areRefused
            print(
                isGood
                    ? "every attack was refused, with its code"
                    : "NOT every attack was refused as it should be"
            )
            exit(isGood ? 0 : 1)
        } catch {
            print("the demo failed: \(error)")
            exit(1)
        }
    }

    private static func publish(_ world: DemoWorld) async throws {
        chapter(
            "1. The owner makes a channel",
            "Offline keys (2 of 3 root keys, encrypted) and an online key."
        )
        try world.makePackages()
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

    private static func install(_ world: DemoWorld) async throws {
        chapter(
            "2. A user pins the root and installs",
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
        try world.runInstalledProgram()
        try world.kingsnake.show("audit", "--prefix", world.prefix)
        for server in [altering, stale, honest] { await server.stop() }
    }

    private static func attack(_ world: DemoWorld) async throws -> Bool {
        chapter(
            "3. Attacks",
            "Each by a mirror that is the only one, or by hand; each must be refused with its code."
        )
        var isGood = true
        for attack in Attack.all {
            let found = try await attack.run(in: world)
            let matches = found == attack.expected
            isGood = isGood && matches
            print(attack.line(found: found, matches: matches))
        }
        print()
        return isGood
    }

    private static func contentTrust(_ world: DemoWorld) async throws -> Bool {
        chapter(
            "4. Conda content trust",
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
        var isGood = true
        for attack in RecordAttack.all {
            let found = try await world.verdicts(on: attack)
            isGood = isGood && found == attack.expected
            print(attack.line(found: found))
        }
        print()
        return isGood
    }

    private static func attest(_ world: DemoWorld) async throws -> Bool {
        chapter(
            "5. Who published it",
            "The publisher attests to a package with a Sigstore instance of the demo's own; the user demands that."
        )
        return try await world.attest()
    }

    private static func chapter(_ title: String, _ what: String) {
        print("\(title)\n\(String(repeating: "=", count: title.count))\n\(what)\n")
    }
}
