// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// What became of one source's demand on a package's publishers.
struct PublisherJudgement {
    let source: PublisherDemands.Source
    let entry: PublisherEntry
    /// Why nothing is demanded of this package; nil if it is.
    let exemption: String?
    let count: PublisherCount

    /// Whether enough allowed publishers attest to the package.
    var isSatisfied: Bool { exemption == nil && count.counted.count >= entry.threshold }

    /// Whether it decides, whichever way, so that weaker sources need not be asked.
    var isDecisive: Bool { isSatisfied || (exemption == nil && source.mode == .require) }

    /// A finding that something is wrong, or would be: a user's entry may ask for warnings only.
    func objection(_ rule: String, _ code: PolicyCode, _ reason: String) -> Finding {
        switch source.mode {
        case .require: Finding(rule, code, reason)
        case .warn: Finding(rule, warning: code, reason)
        }
    }

    /// Which entry it is, in words.
    var words: String { "\(source.words) for `\(entry.pattern.description)`" }
}

extension Evidence {
    /// The producers' statements about the package, verified.
    var publications: [Attestation] { attestations.filter(\.isPublication) }

    /// What became of each demand, the owner's first.
    var publisherJudgements: [PublisherJudgement] {
        guard let publishers else { return [] }
        return publishers.entries.map { source, entry in
            PublisherJudgement(
                source: source,
                entry: entry,
                exemption: entry.reasonForExemption(self),
                count: PublisherCount(entry, publications, in: channel)
            )
        }
    }
}

extension [Finding] {
    /// Of what several demands led to the worst, the first of several that are as bad.
    var worst: Finding? {
        first { !$0.permits } ?? first { $0.outcome == .warned } ?? first { $0.outcome == .satisfied }
            ?? first
    }
}
