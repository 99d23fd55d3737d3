// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// Where the user lets it count who published a package before, it must be the same, all of them if they were several.
///
/// The weakest source: where the channel's owner or the user demands a named publisher, what was seen before
/// decides nothing, so that an owner can hand a package on. It does where an entry only warns, or excepts the
/// file. The first time anybody is believed.
public struct RequireKnownPublisher: Rule {
    /// `known-publisher`.
    public let name = "known-publisher"
    /// Makes the rule.
    public init() {}

    /// Holds if it does not count, or if the publisher is new, the same, or named by somebody stronger.
    public func judge(_ evidence: Evidence) -> Finding {
        guard let known = evidence.publishers?.known else {
            return Finding(name, .notApplicable, "who published the package before does not count")
        }
        if evidence.publisherJudgements.contains(where: \.isDecisive) {
            return Finding(name, .notApplicable, "its publishers are named, which counts for more")
        }
        let identities = evidence.firstUsePublishers
        let now = identities.map(\.description).joined(separator: "; ")
        let before = known.sighting?.words ?? ""
        switch known.comparison(identities, evidence.packageDigest) {
        case .nobody: return Finding(name, .notApplicable, "nobody was seen to attest to the package so far")
        case .firstSight: return Finding(name, .satisfied, "seen for the first time, and so believed: \(now)")
        case .same: return Finding(name, .satisfied, "the same as before: \(before)")
        case .accepted: return Finding(name, .notApplicable, "you accepted this file without attestation")
        case .changed:
            return Finding(
                name,
                PolicyCode.publisherChanged,
                "expected \(before), found \(now)\(since(known))"
            )
        case .incomplete(let missing):
            let gone = missing.map(\.description).joined(separator: "; ")
            return Finding(
                name,
                PolicyCode.publisherMissing,
                "expected \(before), found only \(now): not \(gone)\(since(known))"
            )
        case .disappeared:
            return Finding(
                name,
                PolicyCode.attestationDisappeared,
                "expected an attestation by \(before), found none\(since(known))"
            )
        }
    }

    private func since(_ known: KnownPublishers) -> String {
        known.sighting.map { " (seen \($0.firstSeen) by `\(Shown.text($0.file))`)" } ?? ""
    }
}

extension Evidence {
    /// Who attests to the package, as far as it counts for trust on first use.
    var firstUsePublishers: [PublisherIdentity] { firstUsePublications.map(PublisherIdentity.init) }
}
