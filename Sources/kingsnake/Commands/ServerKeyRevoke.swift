// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import TrustCore

struct ServerKeyRevoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Revoke a key: from the next request on it is not known any more.",
        discussion: "Whoever holds a key may revoke it, also where it allows nothing else."
    )

    @Argument(help: "The key's number, as `server key list` shows it.")
    var key: Int64

    @OptionGroup var server: AdministeredServer
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let request = AdministrationRequest(.delete, ["keys", String(key)])
        let answer = try await server.ask(request, output.console)
        output.console.say("revoked key \(key) of `\(answer.text("holder"))`")
    }
}
