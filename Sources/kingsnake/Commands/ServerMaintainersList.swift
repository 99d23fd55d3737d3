// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import TrustCore

struct ServerMaintainersList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Show the packages of a channel that their maintainers sign: how many, until when.",
        discussion:
            "This is what the server says; `channel delegate list` of a copy verifies it from the root down."
    )

    @Argument(help: "The channel's name.")
    var channel: String

    @OptionGroup var server: AdministeredServer
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let answer = try await server.ask(AdministrationRequest(.get, ["channels", channel, "signing"]))
        var shown = JSONObject()
        shown["maintainers"] = answer["maintainers"]
        output.console.emit(AdministeredServer.document(shown))
        let report = HostedSigningReport(answer, now: SystemClock.now)
        for line in report.maintainersLines { output.console.say("\(line)") }
    }
}
