// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import TrustCore

struct ServerKeyList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List keys: whose they are, what for, and until when."
    )

    @Option(help: "Whose keys. (default: with --server your own; with --dir everybody's)")
    var user: String?

    @Flag(help: "Everybody's keys, also those of build services.")
    var all = false

    @OptionGroup var server: AdministeredServer
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard user == nil || !all else { throw ValidationError("give --user or --all") }
    }

    func run() async throws {
        var query: [String: String] = [:]
        query["user"] = all ? "*" : user
        let request = AdministrationRequest(.get, ["keys"], query: query)
        let answer = try await server.ask(request, output.console)
        AdministrationTable(["KEY", "HOLDER", "LABEL", "MADE", "EXPIRES", "FOR"], answer, "keys") { key in
            [
                "\(key["id"]?.integer ?? 0)", key.text("holder"), key.text("label"), key.text("created"),
                key.text("expires", otherwise: "never"), Self.scopes(key),
            ]
        }.say(on: output.console)
    }

    private static func scopes(_ key: JSONObject) -> String {
        guard let scopes = key["scopes"]?.array else { return "everything" }
        return scopes.compactMap(\.object).map { scope in
            let list = { (name: String) in scope[name]?.array?.compactMap(\.string).joined(separator: ",") }
            return [
                list("actions"), scope["channel"]?.string.map { "in \($0)" },
                list("packages").map { "of \($0)" },
            ]
            .compactMap(\.self).joined(separator: " ")
        }.joined(separator: "; ")
    }
}
