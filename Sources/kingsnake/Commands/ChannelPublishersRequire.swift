// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import TrustCore
import TrustPolicy

struct ChannelPublishersRequire: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "require",
        abstract: "Say how many publishers of an entry must attest, and which files need it.",
        discussion: """
            `--required-since` goes by the date in the index, which the online key signs: against a thief of that key, who can \
            date a new package back, `--except-unattested` names the old files by their digests instead. What is not given \
            stays as it is.
            """
    )

    @OptionGroup var channel: ChannelOptions
    @OptionGroup var pattern: PatternArgument

    @OptionGroup var demands: EntryDemandOptions
    @OptionGroup var signing: PublisherSigningOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        let isGiven = demands.requiredSince != nil || demands.exceptUnattested || demands.always
        guard demands.threshold != nil || isGiven else {
            throw ValidationError(
                "give --threshold, or one of --required-since, --except-unattested and --always"
            )
        }
    }

    func run() async throws {
        let pattern = try pattern.value
        let exemption = try demands.exemption(pattern, inChannelAt: channel.path, output.console)
        try await signing.change(channel, output.console) { policy in
            let place = try policy.place(of: pattern)
            let old = policy.entries[place]
            var entries = policy.entries
            entries[place] = try PublisherEntry(
                pattern,
                publishers: old.publishers,
                threshold: demands.threshold ?? old.threshold,
                exemption: exemption ?? old.exemption,
                targetChannels: old.targetChannels
            )
            return try PublisherPolicy(channel: policy.channel, entries: entries)
        }
    }
}
