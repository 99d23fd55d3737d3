// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import CondaFormats
import Gatekeeper
import TrustCore
import TrustPolicy

extension TrustPublisher {
    struct Forget: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Forget who was seen to publish a package, so that the next one is believed.",
            discussion: """
                Where you trust on first use, whoever publishes the package next is then taken for its publisher. To \
                accept one that you know, `accept` is the safer way.
                """
        )

        @OptionGroup var package: ListedPackageArguments
        @OptionGroup var decision: LockDecisionOptions
        @OptionGroup var locations: LocationOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            let console = output.console
            let (channel, name) = (try package.channel, try package.name)
            let store = UserPolicyStore(directory: locations.homeDirectory)
            let sighting = try LockDecisionOptions.sighting(of: name, in: channel, store)
            console.say(
                "what was seen of `\(name)` of `\(channel)` since \(sighting.firstSeen) is forgotten:"
            )
            (sighting.publishers + sighting.accepted).forEach { console.say("  \($0.description)") }
            console.say("whoever publishes it next is believed, where you trust on first use")
            try decision.decide("forget this?", console) {
                try store.changePublisherLock { lock in
                    guard lock.forget(name, in: channel) else {
                        throw LockDecisionOptions.nothing(name, channel)
                    }
                }
            }
            console.emit(LockDecisionOptions.document(sighting, decision))
        }
    }
}
