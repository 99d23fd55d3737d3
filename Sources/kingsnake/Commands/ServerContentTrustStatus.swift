// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import TrustCore

struct ServerContentTrustStatus: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract:
            "Show whether a channel's records are signed, by which keys, and until when the metadata are good.",
        discussion: """
            This is what the server says of itself; `kingsnake content-trust verify URL --root ROOT` checks every record. The exit \
            status is 0 whatever there is to do: --json has it as `state`.
            """
    )

    @Argument(help: "The channel's name.")
    var channel: String

    @OptionGroup var server: AdministeredServer
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let request = AdministrationRequest(.get, ["channels", channel, "content-trust"])
        let report = HostedTrustLines(try await server.ask(request, output.console))
        for line in report.lines(of: channel) { output.console.say("\(line)") }
    }
}
