// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import CondaFormats
import Gatekeeper
import TrustCore
import TrustPolicy

struct TrustPublisher: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publisher",
        abstract: "Say who may publish which packages of a channel, in your own policy.",
        discussion: """
            Your policy is policy.yaml in the folder of pinned roots. It can only narrow what the channel's owner \
            signed. The file is written anew by each change: its order stays, its comments do not.
            """,
        subcommands: [Add.self, List.self, Remove.self, Test.self, Accept.self, Forget.self]
    )

    /// A channel and some of its packages, as the command line gives them.
    static func check(_ url: String, _ pattern: String?) throws {
        try UsageCheck.channel(url, of: "the channel")
        guard let pattern, PackagePattern(pattern) == nil else { return }
        throw ValidationError("`\(pattern)`: expected a package's name, `prefix-*` or `*`")
    }

    /// The policy after a change, for programs.
    static func document(_ policy: PolicyFile?) -> JSONObject {
        var document = JSONObject()
        document["schema"] = 1
        document["status"] = "ok"
        document["policy"] = policy.map { .object($0.json) } ?? .null
        return document
    }
}

extension TrustPublisher {
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show your policy, and who was seen to publish what."
        )

        @OptionGroup var locations: LocationOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            let console = output.console
            let store = UserPolicyStore(directory: locations.homeDirectory)
            let policy = try store.policy()
            let lock = try store.publisherLock()
            policy.map(PolicyReport.lines)?.forEach { console.say("\($0)") }
            if policy == nil {
                console.say("no policy; `kingsnake trust publisher add URL PATTERN …` makes one")
            }
            for (channel, sighting) in lock.sightings {
                console.say(
                    "seen: \(sighting.package.normalized) of \(channel.description) by \(sighting.words)"
                )
            }
            var document = TrustPublisher.document(policy)
            document["seen"] = lock.json.object?["channels"]
            console.emit(document)
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take an entry out of your policy, or a channel with all its entries.",
            discussion:
                "What the channel's owner demands stays demanded, and so do rules that are not about publishers."
        )

        @Argument(help: "The channel's canonical URL.")
        var url: String

        @Argument(help: ArgumentHelp("The entry: a name, `prefix-*` or `*`.", valueName: "pattern"))
        var pattern: String?

        @OptionGroup var locations: LocationOptions
        @OptionGroup var output: OutputOptions

        func validate() throws { try TrustPublisher.check(url, pattern) }

        func run() throws {
            let console = output.console
            let channel = try ChannelURL(url)
            let wanted = pattern.flatMap(PackagePattern.init)
            let policy = try UserPolicyStore(directory: locations.homeDirectory).changePolicy { policy in
                guard let settings = policy.channel(channel),
                    settings.publishers != nil || settings.trustsFirstUse
                else { throw nothing(channel.description) }
                guard let wanted else { return try policy.set(settings.withoutPublishers, of: channel) }
                let entries = settings.publishers?.entries ?? []
                let rest = entries.filter { $0.pattern != wanted }
                guard rest.count < entries.count else {
                    throw nothing("`\(wanted.description)` of `\(channel.description)`")
                }
                var changed = settings
                changed.publishers = rest.isEmpty ? nil : try PublisherPolicy(channel: channel, entries: rest)
                let demandsNothing = changed.publishers == nil && !changed.trustsFirstUse
                try policy.set(demandsNothing ? settings.withoutPublishers : changed, of: channel)
            }
            let what = wanted.map { "`\($0.description)` of `\(channel)`" } ?? "`\(channel)`"
            console.say("your policy says nothing of \(what) any more")
            console.emit(TrustPublisher.document(policy))
        }

        private func nothing(_ what: String) -> Failure {
            Failure(
                .configuration,
                "your policy has no entry for \(what)",
                remedy: "see `kingsnake trust publisher list` for what it has"
            )
        }
    }
}
