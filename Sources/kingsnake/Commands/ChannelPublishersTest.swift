// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import CondaFormats
import TrustCore
import TrustPolicy

struct ChannelPublishersTest: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Say whether the signed policy lets a signer publish a package.",
        discussion: """
            The signer is made up, and nothing of it is verified. Shows what was expected and what was found where it does not \
            fit. A policy that is not signed yet is tested by `kingsnake policy test`.
            """
    )

    @OptionGroup var channel: ChannelOptions

    @Argument(help: ArgumentHelp("The package's name.", valueName: "name"))
    var package: String

    @OptionGroup var signer: SignerOptions
    @OptionGroup var output: OutputOptions

    func validate() throws { _ = try UsageCheck.value(package) { try PackageName($0) } }

    func run() throws {
        let console = output.console
        let name = try PackageName(package)
        let policy = try PublishersFile.policy(inChannelAt: channel.path)
        try signer.judge(
            name,
            in: policy?.channel.identity,
            by: policy?.entry(for: name).map { PublisherDemands(owner: $0) },
            console,
            allowed: "the owner's policy lets this signer publish it",
            unasked: "the owner's policy says nothing of it"
        )
    }
}
