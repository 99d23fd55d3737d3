// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustPolicy

/// Who attested to packages that nobody demands an attestation of, in a line for each publisher; and whose
/// publisher is another one than before.
struct PublisherSummary {
    private(set) var lines: [String] = []
    private(set) var changes: [(package: String, change: PublisherChange)] = []

    /// - Parameter isRecorded: whether whoever was seen for the first time is written down.
    init(_ packages: [(name: String, verdict: Verdict)], isRecorded: Bool) {
        var groups: [(who: String, packages: [String])] = []
        for (name, verdict) in packages {
            if let change = PublisherChange(verdict) { changes.append((name, change)) }
            guard let review = verdict.publisherReview, let why = Self.reason(review, isRecorded) else {
                continue
            }
            let signers = review.seen.map(\.attestation).filter(\.isPublication)
                .map { PublisherIdentity($0).description }
            guard !signers.isEmpty else { continue }
            let who = "attested by \(signers.joined(separator: " and ")), \(why)"
            if let at = groups.firstIndex(where: { $0.who == who }) {
                groups[at].packages.append(name)
            } else {
                groups.append((who, [name]))
            }
        }
        lines = groups.map { "\($0.who): \($0.packages.joined(separator: ", "))" }
    }

    /// Why it was let pass; nil if a named publisher was demanded, which is told as what vouches for the
    /// package.
    private static func reason(_ review: PublisherReview, _ isRecorded: Bool) -> String? {
        guard !review.demands.contains(where: \.isMet) else { return nil }
        guard review.decidesByFirstUse else {
            return review.demands.allSatisfy { $0.exemption != nil } ? "which nobody demands" : nil
        }
        switch review.comparison {
        case .firstSight?:
            return isRecorded ? "believed on first use, and written down" : "believed on first use"
        case .same?: return "as before"
        default: return nil
        }
    }
}
