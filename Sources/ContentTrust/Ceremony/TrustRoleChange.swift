// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TrustCore

/// What becomes of one role from a version to the next: who loses and who gains power over it.
public struct TrustRoleChange: Sendable {
    /// The role.
    public let role: TrustRole
    /// How many keys had to sign; nil for a role that is new.
    public let thresholdBefore: Int?
    /// How many keys must sign from now on.
    public let threshold: Int
    /// Keys that count from now on, and did not.
    public let gained: [TrustKey]
    /// Keys that counted, and do not from now on.
    public let lost: [TrustKey]
    /// Keys that count as before.
    public let kept: [TrustKey]

    init(_ role: TrustRole, from old: TrustDelegation?, to new: TrustDelegation) {
        let before = Set(old?.keys ?? [])
        self.role = role
        thresholdBefore = old?.threshold
        threshold = new.threshold
        gained = new.keys.filter { !before.contains($0) }
        kept = new.keys.filter(before.contains)
        lost = (old?.keys ?? []).filter { !new.keys.contains($0) }
    }

    /// The change in words, the first line with the role's name.
    func lines(_ form: @escaping (TrustKey) -> RecordForm) -> [String] {
        let name = role.rawValue
        let quorum = "\(threshold) of \(gained.count + kept.count)"
        let note = { (key: TrustKey) in form(key) == .mamba ? ", signs mamba's form of records only" : "" }
        guard let thresholdBefore else {
            return ["\(name): \(quorum) must sign, a new role"]
                + gained.map { "  gains power: \($0.full)" + note($0) }
        }
        if thresholdBefore == threshold, gained.isEmpty, lost.isEmpty {
            return ["\(name): as before, \(quorum) must sign: " + kept.map(\.short).joined(separator: "; ")]
        }
        return ["\(name): \(quorum) must sign; before, \(thresholdBefore) of \(lost.count + kept.count)"]
            + lost.map { "  loses power: \($0.full)" } + gained.map { "  gains power: \($0.full)" + note($0) }
            + kept.map { "  keeps power: \($0.short)" }
    }
}

extension TrustKey {
    /// The first digits of the key, and of its fingerprint.
    public var short: String { "ed25519 \(hex.prefix(16)) (fingerprint \(fingerprint.prefix(16)))" }
    /// The whole key, and its fingerprint.
    public var full: String { "ed25519 \(hex) (fingerprint \(fingerprint))" }

    /// What other commands show of the key.
    var fingerprint: String { publicKey.fingerprint.hex }
}
