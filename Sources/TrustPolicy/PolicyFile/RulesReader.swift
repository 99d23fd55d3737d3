// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TrustCore

/// Reads what a policy says of files, whoever published them: of all channels, or of one.
enum RulesReader {
    static let keys = ["cooldown", "install_scripts", "revoked"]

    /// Where the rules stand.
    enum Place {
        /// At the top: a revocation may name a channel.
        case general
        /// Below a channel.
        case channel
    }

    static func rules(_ mapping: PolicyMapping, _ place: Place) throws -> PolicyRules {
        PolicyRules(
            cooldown: try mapping.mapping("cooldown").map(cooldown),
            linkScripts: try mapping.mapping("install_scripts").map(linkScripts),
            revocations: try revocations(mapping, place)
        )
    }

    static func pins(_ mapping: PolicyMapping) throws -> NamePins {
        guard !mapping.members.isEmpty else {
            throw mapping.node.refusal(.empty, expected: "`pins` with at least one name", found: "none")
        }
        let pins = try mapping.members.map { member in
            let channels = try (member.value.list ?? [member.value]).map(EntryReader.channel)
            return (try EntryReader.pattern(member.key, member.value), channels)
        }
        return try placing(mapping.node) { try NamePins(pins) }
    }

    private static func cooldown(_ mapping: PolicyMapping) throws -> Cooldown {
        try mapping.demandOnly(["default", "except"])
        let text = try mapping.requiredText("default")
        let exceptions = try mapping.mapping("except")?.members.map { member in
            guard let text = member.value.text else { throw member.value.wrong("a duration, as text") }
            return (
                try EntryReader.pattern(member.key, member.value), try duration(text, member.value)
            )
        }
        let general = try duration(text, mapping["default"] ?? mapping.node)
        return try placing(mapping.node) { try Cooldown(general, exceptions: exceptions ?? []) }
    }

    private static func duration(_ text: String, _ node: PolicyNode) throws -> PolicyDuration {
        guard let duration = PolicyDuration(text) else {
            throw node.refusal(
                .value,
                expected: "days or hours as `7d` or `12h`, at most `\(PolicyDuration.maximumDays)d`",
                found: Shown.quoted(text)
            )
        }
        return duration
    }

    private static func linkScripts(_ mapping: PolicyMapping) throws -> LinkScriptPolicy {
        try mapping.demandOnly(["default", "except"])
        let text = try mapping.requiredText("default")
        guard let mode = LinkScriptPolicy.Mode(rawValue: text) else {
            throw (mapping["default"] ?? mapping.node).refusal(
                .value,
                expected: "`allow`, `flag` or `deny`",
                found: Shown.quoted(text)
            )
        }
        let exceptions = try mapping.list("except")?.map { node in
            guard let text = node.text else { throw node.wrong("a package's name or pattern") }
            return try EntryReader.pattern(text, node)
        }
        guard exceptions == nil || mode != .allow else {
            throw mapping.node.refusal(
                .value,
                expected: "no `except` where all are allowed",
                found: "`except`"
            )
        }
        return try placing(mapping.node) { try LinkScriptPolicy(mode, exceptions: exceptions ?? []) }
    }

    private static func revocations(_ mapping: PolicyMapping, _ place: Place) throws -> [Revocation] {
        guard let list = try mapping.list("revoked"), let node = mapping["revoked"] else { return [] }
        guard !list.isEmpty else {
            throw node.refusal(.empty, expected: "`revoked` with at least one entry", found: "none")
        }
        guard list.count <= Revocation.maximumCount else {
            throw node.refusal(
                .tooLarge,
                expected: "at most \(Revocation.maximumCount) revocations",
                found: "\(list.count)"
            )
        }
        return try list.map { try RevocationReader.revocation($0, place) }
    }

    /// Says where it is of values that were right one by one.
    private static func placing<Value>(_ node: PolicyNode, _ make: () throws -> Value) throws -> Value {
        do { return try make() } catch let refusal as Refusal { throw EntryReader.placed(refusal, node) }
    }
}
