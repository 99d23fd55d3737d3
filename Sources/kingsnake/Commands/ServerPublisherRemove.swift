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

        @OptionGroup var server: ServerFolderOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let console = output.console
            let database = try server.database()
            let channel = try await ServerFolderOptions.channel(channel, in: database)
            // Where there is a publisher to take away, the log has the entry that named it, and so its name.
            let publishers = TrustedPublishers(
                database,
                issuers: try server.issuers(),
                publicURL: "",
                now: { SystemClock.now }
            )
            let gone = try await publishers.remove(number, of: channel, by: nil)
            console.say("may not publish in `\(channel.name.text)` any more:")
            console.say("  \(TrustedPublisherReport.line(gone))")
            console.emit(TrustedPublisherReport.document([gone]))
        }
    }
}
