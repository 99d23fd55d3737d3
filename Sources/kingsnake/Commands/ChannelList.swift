// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import TrustCore

struct ChannelList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Show the packages of a channel, removed ones among them.",
        discussion: """
            The metadata is verified from the root down, and the indexes against it, before they are shown. No key is \
            needed.
            """
    )

    @OptionGroup var channel: ChannelOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let console = output.console
        let listing = try ChannelListing(directory: try channel.path)
        var table = TextTable(["PACKAGE", "SIZE", "SHA256"])
        for package in listing.packages {
            table.add([
                package.file.description, package.size.map { "\(ByteCount($0))" } ?? "",
                package.isRemoved ? "removed" : package.sha256?.hex ?? "none",
            ])
        }
        if listing.packages.isEmpty {
            console.say("the channel lists no package")
        } else {
            table.lines.forEach { console.say("\($0)") }
        }
        console.emit(listing.json)
    }
}
