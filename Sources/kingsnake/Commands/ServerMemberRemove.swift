// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import TrustCore

struct ServerMemberRemove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Take a user's role in a channel, or for a package of it, away."
    )

    @Argument(help: "The channel's name.")
    var channel: String

    @Argument(help: "The user.")
    var user: String

    @Option(
        help: ArgumentHelp(
            "The package that the role is for. (default: the whole channel)",
            valueName: "name"
        )
    )
    var package: String?

    @OptionGroup var server: AdministeredServer
    @OptionGroup var output: OutputOptions

    func run() async throws {
        var query: [String: String] = [:]
        query["package"] = package
        let request = AdministrationRequest(.delete, ["channels", channel, "members", user], query: query)
        let answer = try await server.ask(request, output.console)
        output.console.say("`\(user)` is no \(answer.text("role")) in `\(channel)` any more")
    }
}
