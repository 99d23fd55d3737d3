// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import TrustCore

struct ServerSigningForget: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forget",
        abstract: "Take an online key away from the server that no metadata in force name.",
        discussion: """
            After a new online key was signed, the old one is good for nothing but mischief. A key that was made for a \
            proposal which nobody signed goes the same way. The key is deleted for good.
            """
    )

    @Argument(help: "The channel's name.")
    var channel: String

    @Argument(help: ArgumentHelp("SHA-256 of the key, as `status` shows it.", valueName: "fingerprint"))
    var fingerprint: String

    @OptionGroup var server: AdministeredServer
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let path = ["channels", channel, "signing", "keys", fingerprint]
        _ = try await server.ask(AdministrationRequest(.delete, path), output.console)
        output.console.say("the server has no key \(fingerprint.prefix(16)) any more")
    }
}
