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

/// How a change of what was seen before is confirmed.
struct LockDecisionOptions: ParsableArguments {
    @Flag(help: "Do it without asking.")
    var yes = false

    @Flag(help: "Only show what would be done.")
    var dryRun = false

    /// Asks, and does it; nil if it was only to be shown.
    @discardableResult
    func decide<Value>(_ question: TerminalText, _ console: Console, _ body: () throws -> Value) throws
        -> Value?
    {
        guard !dryRun else {
            console.say("nothing was changed")
            return nil
        }
        if !yes { try Confirmation.demand(question, otherwise: "nothing was changed") }
        return try body()
    }

    /// What was seen of a package, which must have been seen.
    static func sighting(of name: PackageName, in channel: ChannelURL, _ store: UserPolicyStore) throws
        -> PublisherLock.Sighting
    {
        guard let sighting = try store.publisherLock().sighting(of: name, in: channel) else {
            throw nothing(name, channel)
        }
        return sighting
    }

    static func nothing(_ name: PackageName, _ channel: ChannelURL) -> Failure {
        Failure(
            .configuration,
            "nobody was seen to publish `\(name)` of `\(channel)`",
            remedy: "see `kingsnake trust publisher list` for what was seen"
        )
    }

    static func document(_ sighting: PublisherLock.Sighting, _ decision: LockDecisionOptions) -> JSONObject {
        var document = JSONObject()
        document["schema"] = 1
        document["status"] = "ok"
        document["dry_run"] = .bool(decision.dryRun)
        document["package"] = .string(sighting.package.normalized)
        document["first_seen"] = .string(sighting.firstSeen.description)
        document["publishers"] = .array(sighting.publishers.map { .string($0.description) })
        document["accepted"] = .array(sighting.accepted.map { .string($0.description) })
        document["accepted_without"] = .array(sighting.acceptedWithout.map { .string($0.hex) })
        return document
    }
}
