// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import TrustCore

struct ServerChannelCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make a channel.",
        discussion: """
            It is private, so that only members read it, unless --public is given. Its name is the first part of its URLs, and \
            means this channel for ever.
            """
    )

    @Argument(help: "The channel's name.")
    var name: String

    @Flag(name: .customLong("public"), help: "Let everybody read it.")
    var isPublic = false

    @Option(help: "Who owns it. (default: with --server, whoever asks; with --dir nobody yet)")
    var owner: String?

    @OptionGroup var server: AdministeredServer
    @OptionGroup var output: OutputOptions

    func run() async throws {
        var body = JSONObject()
        body["name"] = .string(name)
        body["visibility"] = isPublic ? "public" : "private"
        body["owner"] = owner.map { .string($0) }
        let answer = try await server.ask(
            AdministrationRequest(.post, ["channels"], body: body),
            output.console
        )
        let owner = answer["owner"]?.string.map { ", owned by `\($0)`" } ?? ", owned by nobody yet"
        output.console.say("made the \(isPublic ? "public" : "private") channel `\(name)`\(owner)")
    }
}
