// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import TrustCore

struct ServerContentTrustOff: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "off",
        abstract:
            "End the signing of records: the index and the channel lose what conda content trust put there.",
        discussion: """
            Users who demand signed records of the channel are refused from then on. The server's key stays, and what it \
            remembers of the key manager's metadata: nothing older can be submitted later.
            """
    )

    @Argument(help: "The channel's name.")
    var channel: String

    @OptionGroup var server: AdministeredServer
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let request = AdministrationRequest(.delete, ["channels", channel, "content-trust"])
        let report = HostedTrustLines(try await server.ask(request, output.console))
        for line in report.lines(of: channel) { output.console.say("\(line)") }
    }
}
