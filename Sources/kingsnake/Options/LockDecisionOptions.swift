// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import CondaFormats
import Gatekeeper
import TrustCore
import TrustPolicy

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
