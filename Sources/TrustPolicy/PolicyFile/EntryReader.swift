// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TrustCore

/// Reads what a policy says of some packages.
enum EntryReader {
    static let keys = ["publishers", "threshold", "required_since", "except", "target_channels"]
    /// What a later version may demand of packages.
    static let reserved = ["cooldown", "rebuilds", "install_scripts", "evidence"]

    /// The most digests in `except`.
    static let maximumExceptions = 1_000_000

    static func entry(_ pattern: PackagePattern, _ mapping: PolicyMapping) throws -> PublisherEntry {
        guard let list = try mapping.list("publishers") else {
            throw mapping.node.refusal(.empty, expected: "`publishers` with at least one", found: "none")
        }
        let publishers = try list.map(PublisherReader.publisher)
        let threshold = try mapping.integer("threshold") ?? 1
        let exemption = try exemption(mapping)
        let targets = try (mapping.list("target_channels") ?? []).map(channel)
        do {
            return try PublisherEntry(
                pattern,
                publishers: publishers,
                threshold: threshold,
                exemption: exemption,
                targetChannels: targets
            )
        } catch let refusal as Refusal {
            throw placed(refusal, mapping.node)
        }
    }

    static func pattern(_ text: String, _ node: PolicyNode) throws -> PackagePattern {
        guard let pattern = PackagePattern(text) else {
            throw node.refusal(
                .pattern,
                expected: "a package's name, `prefix-*` or `*`",
                found: Shown.quoted(text)
            )
        }
        return pattern
    }

    static func channel(_ node: PolicyNode) throws -> ChannelURL {
        guard let text = node.text else { throw node.wrong("a channel's URL") }
        return try channel(text, node)
    }

    static func channel(_ text: String, _ node: PolicyNode) throws -> ChannelURL {
        guard let url = try? ChannelURL(text) else {
            // Not shown: it may hold a password.
            throw node.refusal(.channel, expected: "a channel's URL, as `https://conda.example.org/main`")
        }
        guard ByteKey.areEqual(url.textWithCredentials, url.identity) else {
            throw node.refusal(
                .channel,
                expected: "a channel's URL without credentials",
                found: url.description
            )
        }
        return url
    }

    /// A refusal of values that were right one by one, with the file and the place.
    static func placed(_ refusal: Refusal, _ node: PolicyNode) -> Refusal {
        guard let code = refusal.code as? PolicyFileCode else { return refusal }
        return Refusal(
            code,
            node.subject,
            at: node.place,
            expected: refusal.expected,
            found: refusal.found,
            cause: refusal.cause
        )
    }

    private static func exemption(_ mapping: PolicyMapping) throws -> PublisherEntry.Exemption {
        let since = try mapping.timestamp("required_since")
        guard let list = try mapping.list("except") else { return since.map { .listed(before: $0) } ?? .none }
        guard since == nil else {
            throw (mapping["except"] ?? mapping.node).refusal(
                .value,
                expected: "one of `required_since` and `except`",
                found: "both"
            )
        }
        guard list.count <= maximumExceptions else {
            throw mapping.node.refusal(.tooLarge, expected: "at most \(maximumExceptions) digests")
        }
        return .digests(
            try list.map { node in
                guard let digest = node.text.flatMap({ Digest(.sha256, hex: $0) }) else {
                    throw node.refusal(.value, expected: "SHA-256 of a package, 64 hexadecimal digits")
                }
                return digest
            }
        )
    }
}
