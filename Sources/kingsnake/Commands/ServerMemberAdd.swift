// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import TrustCore

struct ServerMemberAdd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Give a user a role in a channel, in place of the one they have.",
        discussion: """
            In a channel: an owner does everything; a maintainer publishes, yanks, accepts signatures and says who publishes; \
            a publisher publishes; a reader reads it where it is private. With --package: a maintainer or a publisher of that \
            package, who reads the whole channel.
            """
    )

    @Argument(help: "The channel's name.")
    var channel: String

    @Argument(help: "The user.")
    var user: String

    @Argument(
        help: "The role: owner, maintainer, publisher or reader; for a package maintainer or publisher."
    )
    var role: CaseArgument<ChannelRole>

    @Option(help: ArgumentHelp("The package that the role is for. (default: all)", valueName: "name"))
    var package: String?

    @OptionGroup var server: AdministeredServer
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard package == nil || PackageRole(rawValue: role.name) != nil else {
            throw ValidationError("for a package there are maintainers and publishers")
        }
    }

    func run() async throws {
        var body = JSONObject()
        body["role"] = .string(role.name)
        body["package"] = package.map { .string($0) }
        let path = ["channels", channel, "members", user]
        _ = try await server.ask(AdministrationRequest(.put, path, body: body), output.console)
        output.console.say("`\(user)` in `\(channel)`: \(role.name)\(package.map { " of \($0)" } ?? "")")
    }
}
