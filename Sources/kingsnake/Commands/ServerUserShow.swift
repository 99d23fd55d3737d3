// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import TrustCore

struct ServerUserShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a user and their roles in channels."
    )

    @Argument(help: "The user; with --server whoever the key belongs to, if none is given.")
    var name: String?

    @OptionGroup var server: AdministeredServer
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard name != nil || server.url != nil else {
            throw ValidationError("in a server's folder nobody is known to ask: give the user's name")
        }
    }

    func run() async throws {
        let answer = try await server.ask(
            AdministrationRequest(.get, ["users", name ?? "me"]),
            output.console
        )
        output.console.say("\(answer.text("name")), on the server: \(answer.text("role"))")
        AdministrationTable(["CHANNEL", "PACKAGE", "ROLE", "SINCE"], answer, "memberships") { role in
            [
                role.text("channel"), role.text("package", otherwise: "all"), role.text("role"),
                role.text("since"),
            ]
        }.say(on: output.console)
    }
}
