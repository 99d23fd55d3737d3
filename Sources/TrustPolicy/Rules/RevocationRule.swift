// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// No revocation of the user's policy may be about the package, or about who published it.
public struct RequireNotRevoked: Rule {
    static let ruleName = "policy.revoked"
    /// `policy.revoked`.
    public var name: String { Self.ruleName }
    private let policy: IndexPolicy

    /// Makes the rule.
    public init(_ policy: IndexPolicy) { self.policy = policy }

    /// Holds if nothing is revoked that the package is.
    ///
    /// Who published it is what its verified attestations say. A package that nobody attests to, and whose index promises
    /// no attestation, has no publisher that could be revoked: demand one where that matters.
    public func judge(_ evidence: Evidence) -> Finding {
        let file = evidence.listedFile
        let objections = policy.revocationObjections(to: file)
        if let first = objections.first { return first }
        let revocations = policy.publisherRevocations(on: file)
        for revocation in revocations {
            guard let publisher = revocation.publisher,
                let attestation = evidence.publications.first(where: { publisher.mismatch($0) == nil })
            else { continue }
            let who = PublisherIdentity(attestation).description
            return Finding(
                name,
                PolicyCode.revoked,
                "your policy revokes its publisher, \(who): \(revocation.words)"
            )
        }
        guard revocations.isEmpty || !evidence.hidesPublisher else {
            return Finding(
                name,
                PolicyCode.revocationUnknown,
                "your policy revokes a publisher, and none of the attestations that it should have could be verified"
            )
        }
        return Finding(name, .satisfied, "no revocation of your policy is about it")
    }

    /// That a revocation is about a file.
    static func objection(_ revocation: Revocation) -> Finding {
        let when = revocation.window.map { " what was listed \($0.words)" } ?? ""
        return Finding(
            ruleName,
            PolicyCode.revoked,
            "your policy revokes\(when.isEmpty ? " it" : when): \(revocation.words)"
        )
    }
}

extension Evidence {
    /// Whether there are attestations, or should be, and none that could be verified: whose they are is not known.
    fileprivate var hidesPublisher: Bool {
        attestations.isEmpty
            && (record?.attestations != nil || sidecar.isTrouble || !unverifiedAttestations.isEmpty)
    }
}

extension Sidecar? {
    fileprivate var isTrouble: Bool {
        switch self {
        case .unavailable, .unknown: true
        default: false
        }
    }
}
