// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import TrustCore

extension ServerPublisher {
    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take a trusted publisher away, and the keys that its jobs have.",
            discussion: "What it has published stays as it is."
        )

        @Argument(help: ArgumentHelp("The channel's name.", valueName: "channel"))
        var channel: String

        @Argument(help: ArgumentHelp("The publisher's number, as `list` shows it.", valueName: "number"))
        var number: Int64

        @OptionGroup var server: AdministeredServer
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let console = output.console
            let request = AdministrationRequest(.delete, ["channels", channel, "publishers", "\(number)"])
            let gone = try await server.ask(request)
            console.say("may not publish in `\(channel)` any more:")
            console.say("  \(TrustedPublisherReport.line(gone))")
            console.emit(TrustedPublisherReport.document([gone]))
        }
    }
}
