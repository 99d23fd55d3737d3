// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import TrustCore

struct ServerChannelSet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Change who reads a channel, or how much it may hold.",
        discussion: """
            Who reads it is for the channel's owners to say, how much it holds for the server's administrators. What a public \
            channel published is known already: making it private takes nothing back.
            """
    )

    @Argument(help: "The channel's name.")
    var name: String

    @Flag(name: .customLong("public"), help: "Let everybody read it.")
    var isPublic = false

    @Flag(name: .customLong("private"), help: "Let only members read it.")
    var isPrivate = false

    @Option(
        help: ArgumentHelp(
            "The most that all of its packages may have, such as 50GiB; `unlimited`, or `default` for what the server says.",
            valueName: "size"
        )
    )
    var maxBytes: QuotaArgument?

    @Option(
        help: ArgumentHelp(
            "The most packages that it may have; `unlimited`, or `default` for what the server says.",
            valueName: "number"
        )
    )
    var maxFiles: QuotaArgument?

    @OptionGroup var server: AdministeredServer
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard !isPublic || !isPrivate else { throw ValidationError("give --public or --private") }
        guard isPublic || isPrivate || maxBytes != nil || maxFiles != nil else {
            throw ValidationError("say what to change: --public, --private, --max-bytes or --max-files")
        }
    }

    func run() async throws {
        var body = JSONObject()
        if isPublic || isPrivate { body["visibility"] = isPublic ? "public" : "private" }
        var quota = JSONObject()
        quota["bytes"] = maxBytes?.json
        quota["files"] = maxFiles?.json
        if quota.count > 0 { body["quota"] = .object(quota) }
        let request = AdministrationRequest(.put, ["channels", name], body: body)
        _ = try await server.ask(request, output.console)
        output.console.say("changed `\(name)`")
    }
}
