// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// Where the channel's owner or the user says who may publish a package, there must be a verified attestation
/// of it.
///
/// Taking the attestation away is not enough to pass: not from the sidecar, and not from the index either.
/// Whether the signer is allowed is ``RequirePublisher``'s question.
public struct RequireAttestation: Rule {
    /// `attested`.
    public let name = "attested"
    /// Makes the rule.
    public init() {}

    /// Holds if nobody demands an attestation of the package, or if there is one.
    public func judge(_ evidence: Evidence) -> Finding {
        let findings = evidence.publisherJudgements.map { judge($0, evidence) }
        return (findings + [promiseToTheFirstUser(evidence)].compactMap(\.self)).worst
            ?? Finding(name, .notApplicable, "nobody says who may publish the package" + trouble(evidence))
    }

    /// What could not be found out, and decides nothing.
    private func trouble(_ evidence: Evidence) -> String {
        guard case .unknown(let reason)? = evidence.sidecar else { return "" }
        return "; could not find out who attests to it: \(Shown.text(reason))"
    }

    /// Whoever believes the first publisher must not be shown none where the index promises one.
    private func promiseToTheFirstUser(_ evidence: Evidence) -> Finding? {
        guard evidence.publishers?.known != nil, evidence.record?.attestations != nil,
            evidence.attestations.isEmpty
        else { return nil }
        return Finding(
            name,
            PolicyCode.attestationStripped,
            "the index promises attestations, and none could be verified"
        )
    }

    private func judge(_ demand: PublisherJudgement, _ evidence: Evidence) -> Finding {
        if let exemption = demand.exemption { return Finding(name, .notApplicable, exemption) }
        if let found = evidence.publications.count.words {
            return Finding(name, .satisfied, "\(found), as \(demand.words) demands")
        }
        let promised = evidence.record?.attestations
        if case .unavailable(let code, let reason)? = evidence.sidecar {
            return demand.objection(
                name,
                promised == nil ? .attestationMissing : .attestationStripped,
                "the file with the attestations could not be used: \(Shown.text(reason)) "
                    + "(\(Shown.text(code)))"
            )
        }
        if case .unknown(let reason)? = evidence.sidecar {
            return demand.objection(
                name,
                .attestationMissing,
                "could not find out who attests to it: \(Shown.text(reason))"
            )
        }
        if let first = evidence.unverifiedAttestations.first {
            let count = evidence.unverifiedAttestations.count
            return demand.objection(
                name,
                .attestationInvalid,
                "of \(count) attestation\(count == 1 ? "" : "s") none could be verified: "
                    + "\(Shown.text(first.reason)) (\(Shown.text(first.code)))"
            )
        }
        if promised != nil, evidence.attestations.isEmpty {
            return demand.objection(
                name,
                .attestationStripped,
                "the index promises attestations, and there are none"
            )
        }
        return demand.objection(name, .attestationMissing, missing(demand, evidence))
    }

    private func missing(_ demand: PublisherJudgement, _ evidence: Evidence) -> String {
        let what =
            evidence.attestations.isEmpty
            ? "\(demand.words) demands an attestation, and there is none"
            : "\(demand.words) demands its publisher's attestation, and there are others only"
        guard case .listed(let moment) = demand.entry.exemption else { return what }
        let indexed = evidence.isSigned ? evidence.record?.indexed : nil
        let since =
            indexed.map { "the index lists it since \($0)" } ?? "no signed index says since when it lists it"
        return what + "; required since \(moment), and \(since)"
    }
}

extension Int {
    /// `1 attestation`, `2 attestations`; nil for none.
    fileprivate var words: String? { self == 0 ? nil : self == 1 ? "1 attestation" : "\(self) attestations" }
}
