// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import TrustCore

struct ServerSigningStatus: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show what of a channel is signed, until when, and what there is to sign.",
        discussion: """
            This is what the server says of itself; `kingsnake root verify` of a copy checks it. The exit status is 0 whatever \
            there is to do: --json has it as `state`.
            """
    )

    @Argument(help: "The channel's name.")
    var channel: String

    @OptionGroup var server: AdministeredServer
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let request = AdministrationRequest(.get, ["channels", channel, "signing"])
        let report = HostedSigningReport(try await server.ask(request, output.console), now: SystemClock.now)
        for line in report.lines(of: channel) { output.console.say("\(line)") }
    }
}
