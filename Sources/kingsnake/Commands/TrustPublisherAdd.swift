// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import CondaFormats
import Gatekeeper
import TrustCore
import TrustPolicy

extension TrustPublisher {
    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Name a publisher for some packages of a channel.",
            discussion: """
                From then on those packages must be attested by that publisher, or by one of those that the entry \
                names already. Numbers of repository and owner are better than names: a name can be registered again \
                by somebody else.
                """
        )

        @Argument(help: "The channel's canonical URL.")
        var url: String

        @Argument(help: ArgumentHelp("The packages: a name, `prefix-*` or `*`.", valueName: "pattern"))
        var pattern: String

        @OptionGroup var publisher: PublisherOptions

        @Option(
            help: ArgumentHelp("How many different publishers of the entry must attest.", valueName: "number")
        )
        var threshold: Int?

        @Option(
            help: ArgumentHelp(
                "Needed by packages only that the signed index lists since this moment.",
                valueName: "time"
            )
        )
        var requiredSince: String?

        @Flag(help: "Warn only, for all of the channel's entries.")
        var warn = false

        @Flag(help: "Refuse what the entries do not allow, for all of the channel's entries. (the default)")
        var require = false

        @Flag(help: "Who published a package of the channel before must publish it again.")
        var trustOnFirstUse = false

        @OptionGroup var locations: LocationOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            try TrustPublisher.check(url, pattern)
            guard !warn || !require else { throw ValidationError("give one of --warn and --require") }
            guard requiredSince.map({ Timestamp($0) != nil }) ?? true else {
                throw ValidationError("--required-since takes a time such as 2026-12-31T00:00:00Z")
            }
        }

        func run() throws {
            let console = output.console
            let channel = try ChannelURL(url)
            guard let pattern = PackagePattern(pattern) else {
                throw Failure(.configuration, "this is no pattern for packages")
            }
            let publisher = try publisher.publisher()
            let policy = try UserPolicyStore(directory: locations.homeDirectory).changePolicy { policy in
                try policy.set(try changed(policy.channel(channel), channel, pattern, publisher), of: channel)
            }
            console.say("`\(pattern.description)` of `\(channel)` may be published by:")
            let entry = policy?.channel(channel)?.publishers?.entries.first { $0.pattern == pattern }
            entry?.publishers.forEach { console.say("  \($0.description)") }
            console.emit(TrustPublisher.document(policy))
        }

        private func changed(
            _ known: PolicyFile.Channel?,
            _ channel: ChannelURL,
            _ pattern: PackagePattern,
            _ publisher: Publisher
        ) throws -> PolicyFile.Channel {
            var entries = known?.publishers?.entries ?? []
            let place = entries.firstIndex { $0.pattern == pattern }
            let old = place.map { entries[$0] }
            let since = requiredSince.flatMap { Timestamp($0) }
            let entry = try PublisherEntry(
                pattern,
                publishers: (old?.publishers ?? []) + [publisher],
                threshold: threshold ?? old?.threshold ?? 1,
                exemption: since.map { .listed(before: $0) } ?? old?.exemption ?? .none,
                targetChannels: old?.targetChannels ?? []
            )
            if let place { entries[place] = entry } else { entries.append(entry) }
            return try PolicyFile.Channel(
                channel,
                mode: warn ? .warn : require ? .require : known?.mode ?? .require,
                trustsFirstUse: trustOnFirstUse || known?.trustsFirstUse == true,
                publishers: try PublisherPolicy(channel: channel, entries: entries),
                rules: known?.rules ?? PolicyRules()
            )
        }
    }
}
