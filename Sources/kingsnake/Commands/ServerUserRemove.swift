// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import TrustCore

struct ServerUserRemove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Remove a user, with all their keys and roles.",
        discussion: """
            It counts from the next request on. What they published stays, and so does their name: the publish log means \
            them by it, so that nobody else can be added under it, nor they again.
            """
    )

    @Argument(help: "The user.")
    var name: String

    @Flag(help: "Remove without asking.")
    var yes = false

    @OptionGroup var server: AdministeredServer
    @OptionGroup var output: OutputOptions

    func run() async throws {
        if !yes {
            try Confirmation.demand("remove `\(name)` for ever?", otherwise: "nothing was changed")
        }
        let answer = try await server.ask(AdministrationRequest(.delete, ["users", name]), output.console)
        let keys = Counted(Int(clamping: answer["revoked_keys"]?.integer ?? 0), "key")
        output.console.say("removed `\(name)`; \(keys) revoked")
    }
}
