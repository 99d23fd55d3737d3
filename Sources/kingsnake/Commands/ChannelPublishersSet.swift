// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import TrustCore
import TrustPolicy

struct ChannelPublishersSet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Sign a policy from a file, in place of the one in force.",
        discussion: """
            The file has the form of publishers.json; begin with a copy of the one at the top of the channel. Test it with \
            `kingsnake policy test` first. Every key must be known, and an empty list is an error.
            """
    )

    @OptionGroup var channel: ChannelOptions

    @Argument(
        help: ArgumentHelp("The policy, as JSON.", valueName: "file"),
        completion: .file(extensions: ["json"])
    )
    var file: String

    @OptionGroup var signing: PublisherSigningOptions
    @OptionGroup var output: OutputOptions

    func validate() throws { try UsageCheck.path(file, of: "the policy") }

    func run() async throws {
        let bytes = try PolicySource.bytes(of: file, maximumLength: PublisherPolicy.maximumLength)
        let policy = try PublisherPolicy(json: bytes, of: nil, file)
        try await signing.sign(channel, output.console) { _ in policy }
    }
}
