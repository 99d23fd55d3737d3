// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import CondaFormats
import TrustCore
import TrustPolicy

struct ChannelPublishersRemove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Take an entry away, or one of its publishers, or the whole policy.",
        discussion: """
            An entry without publishers, and a policy without entries, would mean nothing that anybody could be sure of. So the \
            last publisher is not taken from an entry, nor the last entry from the policy: take away the entry, or `--all`.
            """
    )

    @OptionGroup var channel: ChannelOptions

    @Argument(help: ArgumentHelp("The entry: a name, `prefix-*` or `*`.", valueName: "pattern"))
    var pattern: String?

    @Option(
        help: ArgumentHelp(
            "Only this publisher of the entry, in the words of `list`, such as 'github lab-org/tools'.",
            valueName: "words"
        )
    )
    var publisher: String?

    @Flag(help: "The whole policy: from then on nobody needs an attestation.")
    var all = false

    @OptionGroup var signing: PublisherSigningOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (pattern == nil) == all else { throw ValidationError("give a pattern, or --all") }
        guard publisher == nil || !all else { throw ValidationError("--publisher goes with a pattern") }
        if let pattern, PackagePattern(pattern) == nil {
            throw ValidationError("`\(pattern)`: expected a package's name, `prefix-*` or `*`")
        }
    }

    func run() async throws {
        let pattern = pattern.flatMap(PackagePattern.init)
        try await signing.change(channel, output.console) { policy in
            guard let pattern else { return nil }
            let place = try policy.place(of: pattern)
            var entries = policy.entries
            let old = entries.remove(at: place)
            if let publisher { entries.insert(try Self.entry(old, without: publisher), at: place) }
            guard !entries.isEmpty else {
                throw Refusal(
                    PolicyFileCode.empty,
                    policy.channel.description,
                    expected: "at least one entry for packages",
                    found: "none",
                    remedy: "take the whole policy away with `--all`, if that is what you mean"
                )
            }
            return try PublisherPolicy(channel: policy.channel, entries: entries)
        }
    }

    /// An entry without the one publisher that is meant by some words.
    private static func entry(_ old: PublisherEntry, without words: String) throws -> PublisherEntry {
        let meant = old.publishers.filter { publisher in
            let own = publisher.description.utf8
            return own.elementsEqual(words.utf8) || own.starts(with: (words + ", ").utf8)
        }
        guard meant.count == 1 else {
            throw Failure(
                .configuration,
                "`\(words)` means \(meant.isEmpty ? "none" : "\(meant.count)") of the entry's publishers",
                remedy: "give the words of one of them as `kingsnake channel publishers list` shows them"
            )
        }
        guard old.publishers.count > 1 else {
            throw Refusal(
                PolicyFileCode.empty,
                old.pattern.description,
                expected: "at least one publisher",
                found: "none",
                remedy: "take the entry away by leaving out `--publisher`, if that is what you mean"
            )
        }
        return try PublisherEntry(
            old.pattern,
            publishers: old.publishers.filter { !meant.contains($0) },
            threshold: old.threshold,
            exemption: old.exemption,
            targetChannels: old.targetChannels
        )
    }
}
