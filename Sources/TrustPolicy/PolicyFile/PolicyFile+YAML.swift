// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TrustCore

extension PolicyFile {
    private static let keys = ["version", "channels", "pins"] + RulesReader.keys
    private static let channelKeys = ["mode", "trust_on_first_use", "packages"] + RulesReader.keys
    /// What a later version may demand.
    private static let reserved = ["index", "rebuilds", "evidence"]

    /// Reads a policy file, version 1. Every key must be known: what is not understood is not passed over.
    ///
    /// - Throws: a `Refusal` with a `policy-file.…` code and the line.
    public init(yaml bytes: [UInt8], _ subject: String = "policy file") throws {
        let root = try PolicyText.read(bytes, subject, maximumLength: Self.maximumLength)
        guard let top = root.mapping else { throw root.wrong("a mapping with `version` and `channels`") }
        try top.checkVersion()
        try top.demandOnly(Self.keys, reserved: Self.reserved)
        let rules = try RulesReader.rules(top, .general)
        let pins = try top.mapping("pins").map(RulesReader.pins)
        let members = try top.mapping("channels")?.members
        guard members.map({ !$0.isEmpty }) ?? (!rules.isEmpty || pins != nil) else {
            throw root.refusal(
                .empty,
                expected: "`channels` with at least one channel, or a rule",
                found: "none"
            )
        }
        let channels = try (members ?? []).map { member in
            let url = try EntryReader.channel(member.key, member.value)
            guard let mapping = member.value.mapping else {
                throw member.value.wrong("what the channel must fulfil")
            }
            do {
                return try Self.channel(url, mapping)
            } catch let refusal as Refusal where refusal.location == nil {
                throw EntryReader.placed(refusal, member.value)
            }
        }
        do {
            try self.init(channels: channels, rules: rules, pins: pins)
        } catch let refusal as Refusal {
            throw EntryReader.placed(refusal, root)
        }
    }

    private static func channel(_ url: ChannelURL, _ mapping: PolicyMapping) throws -> Channel {
        try mapping.demandOnly(channelKeys, reserved: reserved)
        let mode = try mapping.text("mode").map { text in
            guard let mode = PublisherDemands.Mode(rawValue: text) else {
                throw (mapping["mode"] ?? mapping.node).refusal(
                    .value,
                    expected: "`require` or `warn`",
                    found: Shown.quoted(text)
                )
            }
            return mode
        }
        let entries = try mapping.mapping("packages")?.members.map { member in
            let pattern = try EntryReader.pattern(member.key, member.value)
            guard let fields = member.value.mapping else {
                throw member.value.wrong("an entry, as a mapping")
            }
            try fields.demandOnly(EntryReader.keys, reserved: EntryReader.reserved)
            return try EntryReader.entry(pattern, fields)
        }
        return try Channel(
            url,
            mode: mode ?? .require,
            trustsFirstUse: try mapping.bool("trust_on_first_use") ?? false,
            publishers: try entries.map { try PublisherPolicy(channel: url, entries: $0) },
            rules: try RulesReader.rules(mapping, .channel)
        )
    }
}
