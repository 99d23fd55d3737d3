// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import TrustCore

struct ServerMemberList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List who is what in a channel."
    )

    @Argument(help: "The channel's name.")
    var channel: String

    @OptionGroup var server: AdministeredServer
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let request = AdministrationRequest(.get, ["channels", channel, "members"])
        let answer = try await server.ask(request, output.console)
        AdministrationTable(["USER", "ROLE", "PACKAGE", "SINCE"], answer, "members") { role in
            [
                role.text("user"), role.text("role"), role.text("package", otherwise: "all"),
                role.text("since"),
            ]
        }.say(on: output.console)
    }
}
