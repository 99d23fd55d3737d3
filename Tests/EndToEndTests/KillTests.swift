// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TestSupport
import Testing
import TrustCore

@Suite("Killed at any moment, by SIGKILL", .serialized)
struct KillTests {
    /// Where the channel is said to be; nothing answers there, everything comes from mirrors.
    private static let url = "https://conda.example.org/main"
    private static let old = PackageBuilder.hello("1.0", files: 400)
    private static let new = PackageBuilder.hello("1.1", files: 400)
    private static let oldFile = "linux-64/hello-1.0-0.conda"
    private static let newFile = "linux-64/hello-1.1-0.conda"

    @Test("`channel add` leaves the old channel or the new one, and clients never see anything else")
    func killsAdd() async throws {
        let points = KillPoints(
            world: try await Self.channels(),
            template: "template",
            command: ["channel", "add", "channel", "new/hello-1.1-0.conda"]
        )
        let killed = try await points.run { point in
            try await Self.checkChannel(point, packages: [1, 2])
            try await point.must(points.command)
            try await Self.checkChannel(point, packages: [2])
            Self.checkTidy(point)
        }
        #expect(killed > KillPoints.count / 4)
    }

    @Test("`channel sign --all` leaves a channel that verifies")
    func killsSign() async throws {
        let points = KillPoints(
            world: try await Self.channels(),
            template: "template",
            command: ["channel", "sign", "channel", "--all"]
        )
        let killed = try await points.run { point in
            try await Self.checkChannel(point, packages: [1])
            try await point.must(points.command)
            try await Self.checkChannel(point, packages: [1])
            Self.checkTidy(point)
        }
        #expect(killed > KillPoints.count / 4)
    }

    @Test("`root publish` of a first root leaves no channel or a whole one, and ends when it is run again")
    func killsFirstRoot() async throws {
        let ceremony = try await Self.ceremony()
        let points = KillPoints(
            world: ceremony.world,
            template: "template",
            command: ["root", "publish", "first", "channel"]
        )
        let killed = try await points.run { point in
            if point.exists("channel/tuf/timestamp.json") { try await Self.checkEmptyChannel(point) }
            try await point.must(points.command)
            try await Self.checkEmptyChannel(point)
            try await point.must("channel", "verify", "channel", "--root", "channel.keys/root.json")
            // Of a copy of the root that was being written beside the keys, a temporary file may stay.
            Self.checkTidy(point, keys: false)
        }
        #expect(killed > KillPoints.count / 4)
    }

    @Test("`root publish` of a rotation leaves the old root or the new one, and ends when it is run again")
    func killsRotation() async throws {
        let ceremony = try await Self.ceremony()
        let world = ceremony.world
        let channel = "template/channel", second = "template/second", root = channel + "/tuf/1.root.json"
        try await world.must("root", "publish", "template/first", channel)
        try world.write(try Self.old.build(.conda), to: "old/hello-1.0-0.conda")
        try await world.must("channel", "add", channel, "old/hello-1.0-0.conda")
        try await world.must("trust", "add", Self.url, "--root", root, "--home", "template/home")
        try await world.must(
            ["root", "propose", channel, second, "--threshold", "offline=2"]
                + ["--remove-key", "offline=dora", "--remove-key", "offline=erik"]
        )
        try await Self.sign(second, by: ["alice", "carol", "erik"], ["--root", root], ceremony)
        let points = KillPoints(
            world: world,
            template: "template",
            command: ["root", "publish", "second", "channel"]
        )
        let killed = try await points.run { point in
            try await Self.checkClient(point)
            try await point.must(points.command)
            #expect(point.exists("channel/tuf/2.root.json"))
            try await Self.checkChannel(point, packages: [1])
            Self.checkTidy(point)
        }
        #expect(killed > KillPoints.count / 4)
    }

    @Test("`install` into a new prefix leaves none, or a complete one")
    func killsInstallation() async throws {
        let world = try await Self.users()
        let points = KillPoints(
            world: world,
            template: "template",
            command: Self.install(Self.newFile, in: world)
        )
        let killed = try await points.run { point in
            if point.exists("env") { try await Self.checkPrefix(point) }
            try await point.must(points.command)
            try await Self.checkPrefix(point)
            #expect(point.names() == ["cache", "home", "env"])
        }
        #expect(killed > KillPoints.count / 4)
    }

    @Test(
        "`install` of another version into a prefix leaves the old one or the new one, or is ended by the next run"
    )
    func killsReplacement() async throws {
        let world = try await Self.users()
        // The files go on naming the path that they were installed at first; the records agree with the files.
        try await world.must(
            Self.install(Self.oldFile, in: world, prefix: "template/env")
                + ["--home", "template/home", "--cache", "template/cache"]
        )
        let points = KillPoints(
            world: world,
            template: "template",
            command: Self.install(Self.newFile, in: world)
        )
        let killed = try await points.run { point in
            try await Self.checkPrefixAfterKill(point, points.command)
            try await point.must(points.command)
            try await Self.checkPrefix(point)
            #expect(point.names() == ["cache", "home", "env"])
        }
        #expect(killed > KillPoints.count / 4)
    }

    // MARK: - The states before

    /// A world with a template of a channel, its keys, and a user who has pinned its root and seen nothing else.
    private static func channels() async throws -> ChannelWorld {
        let world = try ChannelWorld()
        try world.write(try old.build(.conda), to: "old/hello-1.0-0.conda")
        try world.write(try new.build(.conda), to: "template/new/hello-1.1-0.conda")
        try await world.must("channel", "init", "template/channel", "--no-passphrase", "--subdir", "linux-64")
        try await world.must("channel", "add", "template/channel", "old/hello-1.0-0.conda")
        try await world.must(
            "trust",
            "add",
            url,
            "--root",
            "template/channel/tuf/1.root.json",
            "--home",
            "template/home"
        )
        return world
    }

    /// Five authorities, and a template with a proposal that three have signed, and the online key.
    private static func ceremony() async throws -> CeremonyWorld {
        let five = ["alice", "bob", "carol", "dora", "erik"]
        let ceremony = try await CeremonyWorld(five)
        let world = ceremony.world
        try await ceremony.proposeFirst(of: five, threshold: 3)
        try FileManager.default.createDirectory(
            atPath: world.path + "/template",
            withIntermediateDirectories: false
        )
        for name in ["first", "channel.keys"] {
            try FileManager.default.moveItem(
                atPath: "\(world.path)/\(name)",
                toPath: "\(world.path)/template/\(name)"
            )
        }
        let agreed = try await ceremony.world.agreed(on: "template/first")
        try await sign("template/first", by: ["alice", "bob", "carol"], agreed, ceremony)
        return ceremony
    }

    private static func sign(
        _ proposal: String,
        by names: [String],
        _ known: [String],
        _ ceremony: CeremonyWorld
    ) async throws {
        for name in names {
            let key = ceremony.authorities[name]?.key ?? name
            try await ceremony.world.must(
                ["root", "sign", proposal, "--key", key, "--yes", "--out", "\(name).signatures"] + known
            )
        }
        try await ceremony.world.must(["root", "merge", proposal] + names.map { "\($0).signatures" })
    }

    /// A world with a channel of two versions, and a template of a user who has both of them in the cache.
    private static func users() async throws -> ChannelWorld {
        let world = try ChannelWorld()
        for package in [old, new] { try world.write(package) }
        try await world.must("channel", "init", "channel", "--no-passphrase", "--subdir", "linux-64")
        try await world.must(
            "channel",
            "add",
            "channel",
            "packages/hello-1.0-0.conda",
            "packages/hello-1.1-0.conda"
        )
        try await world.must(
            "trust",
            "add",
            url,
            "--root",
            "channel/tuf/1.root.json",
            "--home",
            "template/home"
        )
        for file in [oldFile, newFile] {
            try await world.must(
                "verify",
                "\(url)/\(file)",
                "--mirror",
                world.url,
                "--home",
                "template/home",
                "--cache",
                "template/cache"
            )
        }
        return world
    }

    private static func install(_ file: String, in world: ChannelWorld, prefix: String = "env") -> [String] {
        ["install", "--prefix", prefix, "\(url)/\(file)", "--mirror", world.url]
    }

    // MARK: - What must hold

    /// A client that knows the root alone gets the old package from the state as it is.
    private static func checkClient(_ point: KillPoints.Point) async throws {
        try? FileManager.default.removeItem(atPath: point.path("fresh"))
        try FileManager.default.copyItem(atPath: point.path("home"), toPath: point.path("fresh"))
        try await point.must(
            "verify",
            "\(url)/\(oldFile)",
            "--mirror",
            "file://" + point.path("channel"),
            "--home",
            "fresh"
        )
    }

    /// A client that knows the root alone finds a channel without packages: it refuses one as not listed.
    private static func checkEmptyChannel(_ point: KillPoints.Point) async throws {
        let mirror = ["--mirror", "file://" + point.path("channel"), "--home", "fresh"]
        try? FileManager.default.removeItem(atPath: point.path("fresh"))
        try await point.must(["trust", "add", url, "--root", "channel/tuf/1.root.json"] + mirror)
        let result = try await point.program.run(["verify", "\(url)/\(oldFile)"] + mirror)
        #expect(result.status == 1, "point \(point.number): \(result.transcript)")
    }

    /// The client's check; then the owner's own, which ends what was interrupted.
    private static func checkChannel(_ point: KillPoints.Point, packages: Set<Int64>) async throws {
        try await checkClient(point)
        let check = try await point.must("channel", "verify", "channel", "--json")
        let count = try check.json()["packages"]?.integer
        #expect(count.map { packages.contains($0) } == true, "point \(point.number): \(check.transcript)")
    }

    /// No staging folder, no temporary file.
    private static func checkTidy(_ point: KillPoints.Point, keys: Bool = true) {
        #expect(point.names(in: "channel/.kingsnake") == ["lock"])
        let odd = point.tree("channel").filter {
            $0 != ".kingsnake/lock" && $0 != ".kingsnake" && $0.contains("/.")
        }
        #expect(odd.isEmpty)
        guard keys else { return }
        #expect(point.names(in: "channel.keys").filter { $0.hasPrefix(".") || $0.contains("tmp") }.isEmpty)
    }

    /// A complete prefix with the new version, and nothing left over.
    private static func checkPrefix(_ point: KillPoints.Point) async throws {
        try await point.must("audit", "--prefix", "env", "--local")
        #expect(point.names(in: "env/conda-meta") == ["hello-1.1-0.json", "history"])
        #expect(!point.exists("env/.kingsnake"))
    }

    /// Before its commit point an installation has changed nothing; after it, whoever comes next ends it.
    private static func checkPrefixAfterKill(_ point: KillPoints.Point, _ command: [String]) async throws {
        if point.exists("env/.kingsnake/journal.json") {
            try await point.must(command + ["--dry-run"])
            return try await checkPrefix(point)
        }
        let audit = try await point.program.run("audit", "--prefix", "env", "--local", "--json")
        let problems = try audit.json()["problems"]?.array ?? []
        let codes = Set(problems.compactMap { $0.object?["code"]?.string })
        #expect(codes.isSubset(of: ["audit.unfinished"]), "point \(point.number): \(audit.transcript)")
        let records = point.names(in: "env/conda-meta").subtracting(["history"])
        #expect(
            records == ["hello-1.0-0.json"] || records == ["hello-1.1-0.json"],
            "point \(point.number): \(records)"
        )
    }
}
