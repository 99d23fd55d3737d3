// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

@testable import ChannelServer

extension Fuzzer {
    /// Clients' settings: what `kingsnake enable` adds, `kingsnake disable` takes out to the byte. The first byte says whose
    /// file it is.
    static let clientSettings = Fuzzer("client-settings") { bytes in
        let clients: [ProxiedClient] = [.conda, .mamba, .pixi, .rattlerBuild]
        let client = clients[Int(bytes.first ?? 0) % clients.count]
        let before = Array(bytes.dropFirst())
        let environment = ["HOME": "/home/me"]
        guard let path = ClientSettingsFiles(of: client, environment: environment)?.usual else {
            Finding.report("\(client) has no settings file")
        }
        func enabled(_ contents: [UInt8]?, _ proxy: String) throws -> SettingsChange {
            let change = try ClientEnabling.change(
                of: client,
                to: ClientProxy(proxy),
                environment: environment
            ) { $0 == path ? contents : nil }
            guard let change else { Finding.report("\(client) cannot be enabled") }
            return change
        }
        func disabled(_ contents: [UInt8]) -> [UInt8]? {
            Finding.ifRefused("our own lines are not taken out") {
                try ClientEnabling.reversal(of: path, containing: contents).after
            }
        }
        func check(_ contents: [UInt8]?) throws {
            let change = try enabled(contents, "http://127.0.0.1:8642")
            guard let after = change.after else { Finding.report("enabling removes a file") }
            Finding.unlessEqual(disabled(after), change.original, "the file after `disable`")
            let again = Finding.ifRefused("enabling twice is refused") {
                try enabled(after, "http://127.0.0.1:8642")
            }
            Finding.unless(!again.isChange, "enabling twice changes something")
            Finding.unlessEqual(again.original, change.original, "the original when enabled twice")
            let other = Finding.ifRefused("enabling another proxy is refused") {
                try enabled(after, "http://localhost:9000")
            }
            Finding.unlessEqual(other.after.flatMap(disabled), change.original, "the file after both")
            for line in change.difference {
                Finding.unless(!line.contains("\n"), "a line with a line end in it")
            }
            // Ours is only what we wrote: what had no lines of ours is as it was.
            let text = try contents.map { try SettingsText($0, path) }
            if !(text.map { SettingsBlock.isIn($0) } ?? false) {
                Finding.unlessEqual(change.original, contents, "what was there before")
            }
        }
        try check(nil)
        try check(before)
        let run = try ClientSettings.environment(
            for: client,
            arguments: ["install", "-c", String(decoding: before.prefix(40), as: UTF8.self)],
            proxy: try ClientProxy("http://127.0.0.1:8642"),
            temporaryFolder: "/folder",
            existing: environment
        ) { $0 == path ? before : nil }
        Finding.unless(run.files.allSatisfy { PlainRules.isName($0.name) }, "a file in another folder")
        Finding.unlessEqual(run.variables["no_proxy"] ?? "", "", "what goes past the proxy")
    }
}
