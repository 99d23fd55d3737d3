// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import SigningKeys
internal import TrustCore

/// What becomes of one role from a version to the next: who loses and who gains power over it.
public struct RoleChange: Sendable {
    /// The role, or the common prefix of hash bins.
    public let role: RoleName
    /// How many keys had to sign; nil for a role that is new.
    public let thresholdBefore: Int?
    /// How many keys must sign from now on; nil for a role that is taken away.
    public let threshold: Int?
    /// Keys that count from now on, and did not.
    public let gained: [CeremonyKey]
    /// Keys that counted, and do not from now on.
    public let lost: [CeremonyKey]
    /// Keys that count as before.
    public let kept: [CeremonyKey]

    /// Whether nothing changes.
    public var isNone: Bool { thresholdBefore == threshold && gained.isEmpty && lost.isEmpty }

    init(_ role: RoleName, from old: RoleAuthority?, to new: RoleAuthority?, names: [KeyID: String]) {
        let before = Self.keys(old, names), after = Self.keys(new, names)
        self.role = role
        thresholdBefore = old?.role.threshold
        threshold = new?.role.threshold
        gained = after.filter { key in !before.contains { $0.identity == key.identity } }.map(\.key)
        lost = before.filter { key in !after.contains { $0.identity == key.identity } }.map(\.key)
        kept = after.filter { key in before.contains { $0.identity == key.identity } }.map(\.key)
    }

    /// The keys of a role, each with what makes it the same key as another: its value, or, for one that this
    /// program cannot use, all that is said about it.
    private static func keys(_ authority: RoleAuthority?, _ names: [KeyID: String])
        -> [(identity: [UInt8], key: CeremonyKey)]
    {
        (authority?.role.keyIDs ?? []).map { id in
            let definition = authority?.keys[id]
            let key = CeremonyKey(id, definition, names)
            let described = definition.map { JSONWriter.encode(.object($0.object)) } ?? []
            return (key.fingerprint?.bytes ?? Array(id.text.utf8) + described, key)
        }
    }

    /// The change in words, the first line with the role's name.
    var lines: [String] {
        guard let threshold else {
            return ["\(role): the role is taken away"] + lost.map { "  loses power: \($0.full)" }
        }
        let quorum = "\(threshold) of \(gained.count + kept.count)"
        guard let thresholdBefore else {
            return ["\(role): \(quorum) must sign, a new role"] + gained.map { "  gains power: \($0.full)" }
        }
        if isNone {
            return ["\(role): as before, \(quorum) must sign: " + kept.map(\.short).joined(separator: "; ")]
        }
        return ["\(role): \(quorum) must sign; before, \(thresholdBefore) of \(lost.count + kept.count)"]
            + lost.map { "  loses power: \($0.full)" } + gained.map { "  gains power: \($0.full)" }
            + kept.map { "  keeps power: \($0.short)" }
    }
}
