// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import TrustCore

struct ServerUserList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the users; those who were removed too."
    )

    @OptionGroup var server: AdministeredServer
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let answer = try await server.ask(AdministrationRequest(.get, ["users"]), output.console)
        AdministrationTable(["USER", "ROLE", "ADDED", "REMOVED"], answer, "users") { user in
            [user.text("name"), user.text("role"), user.text("created"), user.text("removed")]
        }.say(on: output.console)
    }
}
