// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import TrustCore

extension ServerPublisher {
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a channel's trusted publishers, by number."
        )

        @Argument(help: ArgumentHelp("The channel's name.", valueName: "channel"))
        var channel: String

        @OptionGroup var server: AdministeredServer
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let console = output.console
            let request = AdministrationRequest(.get, ["channels", channel, "publishers"])
            let publishers = try await server.ask(request)["publishers"]?.array?.compactMap(\.object) ?? []
            if publishers.isEmpty { console.say("`\(channel)` has no trusted publishers") }
            for publisher in publishers { console.say("\(TrustedPublisherReport.line(publisher))") }
            console.emit(TrustedPublisherReport.document(publishers))
        }
    }
}
