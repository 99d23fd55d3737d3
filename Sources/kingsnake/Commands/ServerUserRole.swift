// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import TrustCore

struct ServerUserRole: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "role",
        abstract: "Say what a user is on the server.",
        discussion: """
            An administrator makes users and channels, and sets right what channels' owners cannot; but publishes nothing \
            without being a member of the channel. An operator sees how the server is.
            """
    )

    @Argument(help: "The user.")
    var name: String

    @Argument(help: "The role: administrator, operator or none.")
    var role: String

    @OptionGroup var server: AdministeredServer
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard role == "none" || ServerRole(rawValue: role) != nil else {
            throw ValidationError("`\(role)`: expected administrator, operator or none")
        }
    }

    func run() async throws {
        var body = JSONObject()
        body["role"] = role == "none" ? .null : .string(role)
        _ = try await server.ask(AdministrationRequest(.put, ["users", name], body: body), output.console)
        output.console.say("`\(name)` on the server: \(role)")
    }
}
