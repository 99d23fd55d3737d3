// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import CondaFormats
import Gatekeeper
import TrustCore
import TrustPolicy

extension TrustPublisher {
    struct Test: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say whether your policy lets a signer publish a package.",
            discussion: """
                The signer is made up: nothing is verified, and what the channel's owner demands is not asked. Shows \
                what was expected and what was found where it does not fit.
                """
        )

        @OptionGroup var package: ListedPackageArguments
        @OptionGroup var signer: SignerOptions
        @OptionGroup var locations: LocationOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            let console = output.console
            let (channel, name) = (try package.channel, try package.name)
            let store = UserPolicyStore(directory: locations.homeDirectory)
            let demands = PublisherDemands(
                on: name,
                of: channel,
                owner: nil,
                user: try store.policy(),
                lock: try store.publisherLock()
            )
            try signer.judge(
                name,
                in: channel.identity,
                by: demands,
                console,
                allowed: "your policy lets this signer publish it",
                unasked: "your policy says nothing of it"
            )
        }
    }
}
