// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import TestSupport
import TrustCore

extension ServerStory {
    /// What the user is told of a package: the code of the refusal, or of the first finding.
    ///
    /// - Parameters:
    ///   - mirror: where it is asked for; nil for the server itself.
    func refusal(of path: String = "linux-64/hello-1.1-0.conda", mirror: String? = nil) throws -> String? {
        // Each attack meets a user who knows what the first one knew.
        let home = world.folder + "/attack-home", cache = world.folder + "/attack-cache"
        try world.copy(world.folder + "/home", to: home)
        try? FileManager.default.removeItem(atPath: cache)
        let result = try world.kingsnake.runBlocking(
            [
                "verify", server.channel + "/" + path, "--trusted-root", trustedRoot, "--home", home,
                "--cache", cache,
            ]
                + (mirror.map { ["--mirror", $0] } ?? []) + ["--json"]
        )
        guard result.status != 0 else { return nil }
        let findings = try result.json()["findings"]?.array?.compactMap { $0.object?["code"]?.string }
        return result.refusalCode ?? findings?.first
    }

    /// The same over a mirror that serves a folder.
    func refusal(servedFrom folder: String, script: @escaping LoopbackServer.Script = { _ in .normal })
        async throws
        -> String?
    {
        let mirror = try await LoopbackServer.start(serving: folder, script: script)
        let code = try refusal(mirror: mirror.url)
        await mirror.stop()
        return code
    }

    /// The code of the first finding of a command.
    func finding(_ command: [String]) throws -> String? {
        let result = try world.kingsnake.runBlocking(command + ["--json"])
        let findings = try result.json()["findings"]?.array?.compactMap { $0.object?["code"]?.string }
        return result.refusalCode ?? findings?.first
    }

    /// Whoever broke into the server has the channel's online key, and a mirror.
    func refusalOfStolenKey() async throws -> String? {
        let forged = world.folder + "/mirror-forged", keys = server.directory + "/keys/demo"
        try world.copy(mirror, to: forged)
        let names = try FileManager.default.contentsOfDirectory(atPath: keys)
        guard let key = names.sorted().first(where: { $0.hasSuffix(".key") }) else {
            throw DemoError("the server has no online key")
        }
        let thief = OnlineKeyThief(
            at: forged,
            keyFile: keys + "/" + key,
            now: Timestamp(seconds: Int64(Date().timeIntervalSince1970))
        )
        let path = "linux-64/hello-1.1-0.conda"
        try await thief.forge(path, as: try world.read(mirror + "/" + path) + [0])
        return try await refusal(servedFrom: forged)
    }

    /// Whoever took the machine over has the log's key, too, and begins its history anew at the same address.
    func refusalOfRewrittenLog() async throws -> String? {
        let seen = try await logSize(), folder = world.folder + "/server-of-the-attacker"
        for file in ["publish-log/key.json", "server.json"] {
            try world.copy("\(server.directory)/\(file)", to: "\(folder)/\(file)")
        }
        for command in [
            ["user", "add", "alice"], ["channel", "create", "demo", "--public", "--owner", "alice"],
        ] {
            _ = try world.kingsnake.demanding(["server"] + command + ["--dir", folder])
        }
        let made = try world.kingsnake.demanding([
            "server", "key", "create", "--user", "alice", "--dir", folder,
        ])
        let key = made.output.split(separator: "\n").last.map(String.init) ?? ""
        await server.stop()
        try await server.start(as: folder)
        var number = 0
        while try await logSize() <= seen {
            number += 1
            let (name, bytes) = try world.package("history", "\(number)")
            _ = try await server.upload(bytes, as: name, key: key)
            try await server.waitForIndex(of: "noarch/" + name)
        }
        return try finding(["log", "verify", log])
    }

    /// How many entries the log's checkpoint stands for.
    private func logSize() async throws -> Int {
        let lines = try await server.ask(.get, "/log/checkpoint").text.split(separator: "\n")
        return lines.count > 1 ? Int(lines[1]) ?? 0 : 0
    }
}
