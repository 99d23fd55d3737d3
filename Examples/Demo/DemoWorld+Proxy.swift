// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import TrustCore

extension DemoWorld {
    /// Something that a client asks for through the proxy, what is behind the proxy, and the code by which it is refused.
    struct ProxyAttack {
        let name: String
        let what: String
        let expected: String
        let asked: String
        var options: [String] = []
        var isPinned = true
        let script: LoopbackServer.Script

        static let package = "linux-64/hello-1.1-0.conda"

        static func all(policy: String) -> [ProxyAttack] {
            [
                ProxyAttack(
                    name: "altered package",
                    what: "one bit of the package is flipped",
                    expected: "digest.mismatch",
                    asked: package
                ) { $0.path.hasSuffix(".conda") ? .altered : .normal },
                ProxyAttack(
                    name: "altered index",
                    what: "the index is another one than was signed",
                    expected: "tuf.target-hash",
                    asked: "linux-64/repodata.json.zst"
                ) { $0.path.contains("repodata.json.zst") ? .altered : .normal },
                ProxyAttack(
                    name: "altered, nobody signs",
                    what: "the same of a channel that is only observed",
                    expected: "digest.mismatch",
                    asked: package,
                    isPinned: false
                ) { $0.path.hasSuffix(".conda") ? .altered : .normal },
                ProxyAttack(
                    name: "planted package",
                    what: "a file lies on the server that no index lists",
                    expected: "in-index.unlisted",
                    asked: "linux-64/hello-6.6-6.conda"
                ) { _ in .normal },
                ProxyAttack(
                    name: "revoked package",
                    what: "the user's policy revokes what the channel still lists",
                    expected: "policy.revoked",
                    asked: package,
                    options: ["--policy", policy]
                ) { _ in .normal },
                ProxyAttack(
                    name: "tunnel",
                    what: "the client asks by https, past all checks",
                    expected: "proxy.tunnel",
                    asked: "https"
                ) { _ in .normal },
            ]
        }
    }

    /// The command line of a client behind a proxy that has the channel from a mirror, with a cache of its own.
    private func proxied(_ mirror: String, _ urls: [String], isPinned: Bool = true, _ options: [String] = [])
        -> [String]
    {
        let channel = isPinned ? "\(Self.url)=\(mirror)" : mirror
        return ["run", "--cache", folder + "/proxy-cache", "--no-any-channel", "--channel", channel]
            + ["--trusted-root", trustedRoot] + options
            + ["--", "kingsnake-demo", DemoClient.word] + urls
    }

    /// Shows a client that asks a good channel, and then what hostile ones come to.
    ///
    /// - Returns: how many attacks were refused as they should be, and how many there were.
    func proxy() async throws -> (refused: Int, all: Int) {
        let plainURL = Self.url.replacing("https:", with: "http:")
        let honest = try await LoopbackServer.start(serving: channel)
        let urls = ["linux-64/repodata_shards.msgpack.zst", ProxyAttack.package].map { "\(plainURL)/\($0)" }
        try kingsnake.show(proxied(honest.url, urls))
        await honest.stop()
        let policy = folder + "/revoking-policy.yaml"
        try write(Array("version: 1\nrevoked: [{match: hello 1.1, reason: a stolen key}]\n".utf8), to: policy)
        let planted = channel + "/linux-64/hello-6.6-6.conda"
        try copy(channel + "/" + ProxyAttack.package, to: planted)
        defer { try? remove(planted) }
        var refused = 0
        let attacks = ProxyAttack.all(policy: policy)
        for attack in attacks {
            let found = try await code(of: attack, plainURL)
            let row = Attack(attack.name, attack.what, attack.expected) { _ in nil }
            print(row.line(found: found, matches: found == attack.expected))
            if found == attack.expected { refused += 1 }
        }
        print()
        return (refused, attacks.count)
    }

    /// By which code a client's request is refused that asks for the first time.
    private func code(of attack: ProxyAttack, _ url: String) async throws -> String? {
        try remove(folder + "/proxy-cache")
        let server = try await LoopbackServer.start(serving: channel, script: attack.script)
        let channel = attack.isPinned ? url : server.url
        let target =
            attack.asked == "https" ? Self.url + "/noarch/repodata.json" : "\(channel)/\(attack.asked)"
        let summary = folder + "/summary.json"
        let command = proxied(
            server.url,
            [target],
            isPinned: attack.isPinned,
            attack.options + ["--quiet", "--summary", summary]
        )
        let result = try kingsnake.runBlocking(command)
        await server.stop()
        guard result.status != 0 else { return nil }
        let refusals = try JSONReader.read(try read(summary), of: "summary").object?["refused"]?.array
        return refusals?.first?.object?["code"]?.string
    }
}
