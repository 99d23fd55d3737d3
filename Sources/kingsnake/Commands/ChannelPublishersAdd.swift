// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import CondaFormats
import TrustCore
import TrustPolicy

struct ChannelPublishersAdd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Name somebody who may publish some packages of the channel.",
        discussion: """
            From then on clients accept those packages only if that publisher has attested to them, or one of those that the \
            entry names already. Numbers of repository and owner are better than names: a name can be registered again by \
            somebody else. Needs the offline targets key and the online key; where several people in separate places hold the \
            targets keys, use `root propose --publishers` instead.
            """
    )

    @OptionGroup var channel: ChannelOptions
    @OptionGroup var pattern: PatternArgument
    @OptionGroup var publisher: PublisherOptions

    @Option(
        name: .customLong("channel"),
        help: ArgumentHelp(
            "The channel's canonical URL, as its users pin it: needed the first time.",
            valueName: "url"
        )
    )
    var url: String?

    @OptionGroup var demands: EntryDemandOptions
    @OptionGroup var signing: PublisherSigningOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let url { try UsageCheck.channel(url, of: "--channel") }
    }

    func run() async throws {
        let pattern = try pattern.value
        let publisher = try publisher.publisher()
        let exemption = try demands.exemption(pattern, inChannelAt: channel.path, output.console)
        try await signing.sign(channel, output.console) { policy in
            var entries = policy?.entries ?? []
            let place = entries.firstIndex { $0.pattern == pattern }
            let old = place.map { entries[$0] }
            let entry = try PublisherEntry(
                pattern,
                publishers: (old?.publishers ?? []) + [publisher],
                threshold: demands.threshold ?? old?.threshold ?? 1,
                exemption: exemption ?? old?.exemption ?? .none,
                targetChannels: old?.targetChannels ?? []
            )
            if let place { entries[place] = entry } else { entries.append(entry) }
            return try PublisherPolicy(channel: try canonical(policy), entries: entries)
        }
    }

    /// The channel that the policy is of.
    private func canonical(_ policy: PublisherPolicy?) throws -> ChannelURL {
        guard let url else {
            guard let policy else {
                throw Failure(
                    .configuration,
                    "the policy names its channel, so that it counts in no other, and nobody said which it is",
                    remedy: "give `--channel URL`, as the channel's users pin it"
                )
            }
            return policy.channel
        }
        let given = try ChannelURL(url)
        guard ByteKey.areEqual(given.identity, given.textWithCredentials) else {
            throw ValidationError("--channel: the URL holds credentials, and everybody will read it")
        }
        guard policy.map({ $0.channel == given }) ?? true else {
            throw ValidationError(
                "--channel: the policy is of another channel; `channel publishers set` changes that"
            )
        }
        return given
    }
}
