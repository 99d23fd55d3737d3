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

        @Argument(help: "The channel's canonical URL.")
        var url: String

        @Argument(help: ArgumentHelp("The package's name.", valueName: "name"))
        var package: String

        @OptionGroup var signer: SignerOptions
        @OptionGroup var locations: LocationOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            try TrustPublisher.check(url, nil)
            _ = try UsageCheck.value(package) { try PackageName($0) }
        }

        func run() throws {
            let console = output.console
            let channel = try ChannelURL(url)
            let name = try PackageName(package)
            let store = UserPolicyStore(directory: locations.homeDirectory)
            var evidence = Evidence(package: name.raw, channel: channel.identity, packageDigest: nil)
            evidence.publishers = PublisherDemands(
                on: name,
                of: channel,
                owner: nil,
                user: try store.policy(),
                lock: try store.publisherLock()
            )
            evidence.attestations = [
                Attestation(
                    targetChannel: channel.identity,
                    signer: try signer.signer(),
                    claims: try signer.claims()
                )
            ]
            let verdict = Policy.publishing.verdict(on: evidence)
            VerdictReport(verdict).say(on: console)
            guard verdict.isAllowed else { throw NotAllowed(verdicts: [verdict]) }
            let isAsked = evidence.publishers != nil
            console.say(
                isAsked ? "your policy lets this signer publish it" : "your policy says nothing of it"
            )
            var document = VerdictReport(verdict).json
            document["schema"] = 1
            document["status"] = "ok"
            console.emit(document)
        }
    }
}
