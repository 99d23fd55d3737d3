// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import TrustCore

struct ServerChannelList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the channels that you may read, and how much they hold."
    )

    @OptionGroup var server: AdministeredServer
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let answer = try await server.ask(AdministrationRequest(.get, ["channels"]), output.console)
        AdministrationTable(
            ["CHANNEL", "READ BY", "FILES", "AT MOST", "BYTES", "AT MOST"],
            answer,
            "channels"
        ) {
            channel in
            let bytes = { (name: String) in
                channel[name]?.integer.map { "\(ByteCount(UInt64(clamping: $0)))" } ?? "-"
            }
            return [
                channel.text("name"), channel.text("visibility") == "public" ? "everybody" : "members",
                "\(channel["files"]?.integer ?? 0)", channel["maximum_files"]?.integer.map { "\($0)" } ?? "-",
                bytes("bytes"), bytes("maximum_bytes"),
            ]
        }.say(on: output.console)
    }
}
