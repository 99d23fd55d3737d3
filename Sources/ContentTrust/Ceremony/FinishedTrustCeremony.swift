// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// A proposal that enough authorities have signed, verified as a client will.
public struct FinishedTrustCeremony: Sendable {
    /// The chain of roots, with the new one if there is one.
    public let chain: TrustChain
    /// The key manager's metadata that is in force from now on.
    public let keyManager: VerifiedKeyManager
    /// What is new, in the order in which it must be published, with those signatures only that count.
    public let files: [(name: String, bytes: [UInt8])]
    /// What the proposal was made from; nil for the first root.
    public let base: (root: VerifiedRoot, keyManager: VerifiedKeyManager)?

    /// Demands that the proposal makes sense and that every threshold is met.
    ///
    /// - Throws: a `Refusal` with `trust-ceremony.incomplete`, `content-trust.expired` if a new root leaves
    ///   an expired key manager, or what ``TrustProposal/check(now:)`` refuses.
    public init(_ proposal: TrustProposal, now: Timestamp) throws {
        try proposal.check(now: now)
        for requirement in try TrustProgress(proposal).requirements where requirement.missing > 0 {
            throw Refusal(
                TrustCeremonyCode.incomplete,
                "\(requirement.role.rawValue) version \(requirement.version)",
                expected: "\(requirement.threshold) signatures by the keys of root version "
                    + "\(requirement.rootVersion)",
                found: "\(requirement.signed.count)"
            )
        }
        files = try proposal.documents.map { document in
            (document.role.fileName(version: document.version), try document.counted.encoded())
        }
        let root = proposal.root == nil ? nil : files.first?.bytes
        let manager = proposal.keyManager == nil ? proposal.keyManagerInForce?.bytes : files.last?.bytes
        let chain = try Self.chain(proposal.chain, followedBy: root)
        guard let manager else {
            preconditionFailure("a proposal that was checked has a key manager, in force or proposed")
        }
        self.chain = chain
        keyManager = try chain.keyManager(
            manager,
            after: proposal.keyManagerInForce.map { RememberedKeyManager($0) },
            now: now
        )
        if let before = proposal.chain, let current = proposal.keyManagerInForce {
            base = (before.root, current)
        } else {
            base = nil
        }
    }

    /// Demands that what is in force is what the proposal was made from, or already what it proposes: the
    /// root alone, if a publication was interrupted.
    ///
    /// - Throws: a `Refusal` with `trust-ceremony.superseded`.
    public func checkFollows(_ inForce: TrustChain?, keyManager bytes: [UInt8]?) throws {
        let roots = [base?.root.digest, chain.root.digest].compactMap { $0 }
        let managers = [base?.keyManager.digest, keyManager.digest].compactMap { $0 }
        if let root = inForce?.root, !roots.contains(root.digest) {
            throw superseded("root version \(root.version), \(root.digest)")
        }
        if inForce == nil, base != nil { throw superseded("no root") }
        if let bytes, !managers.contains(Digest.of(bytes)) {
            throw superseded("key manager's metadata, \(Digest.of(bytes))")
        }
        if bytes == nil, base != nil { throw superseded("no key manager's metadata") }
    }

    private func superseded(_ found: String) -> Refusal {
        Refusal(
            TrustCeremonyCode.superseded,
            TrustProposal.subject,
            expected: "what the proposal was made from, or what it proposes",
            found: found
        )
    }

    private static func chain(_ before: TrustChain?, followedBy root: [UInt8]?) throws -> TrustChain {
        guard var chain = before else {
            guard let root else { preconditionFailure("a proposal without a chain has a first root") }
            return try TrustChain(pinned: root)
        }
        if let root { try chain.append(root) }
        return chain
    }
}
