// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import TrustCore

struct ServerUserAdd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Add a user.",
        discussion: """
            A user logs in by keys: `server key create` makes one. What they may do in channels is said with `server channel \
            member add`; a role on the server is for those who look after it.
            """
    )

    @Argument(help: "The name: lower-case letters, digits, `-`, `_` and `.`.")
    var name: String

    @Option(help: "The role on the server: administrator or operator. (default: none)")
    var role: CaseArgument<ServerRole>?

    @OptionGroup var server: AdministeredServer
    @OptionGroup var output: OutputOptions

    func run() async throws {
        var body = JSONObject()
        body["name"] = .string(name)
        body["role"] = role.map { .string($0.name) }
        _ = try await server.ask(AdministrationRequest(.post, ["users"], body: body), output.console)
        output.console.say("added `\(name)`")
        output.console.remark("`kingsnake server key create --user \(name)` makes a key for them")
    }
}
