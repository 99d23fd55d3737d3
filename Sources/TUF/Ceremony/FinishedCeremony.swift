// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// A proposal that enough authorities have signed, verified as a client will.
public struct FinishedCeremony: Sendable {
    /// The chain of roots, with the new one if there is one.
    public let chain: RootChain
    /// The new root, if there is one.
    public let root: VerifiedMetadata<RootMetadata>?
    /// The new targets metadata, if there are any.
    public let targets: VerifiedMetadata<TargetsMetadata>?
    /// The files that came with it and that the new targets metadata vouch for.
    public let files: [TargetPath: [UInt8]]
    /// What the proposal was made from.
    let base: (root: Digest, targets: TargetsMetadata)?

    /// Demands that the proposal makes sense and that every threshold is met.
    ///
    /// - Throws: a `Refusal` with `ceremony.incomplete`, or what ``CeremonyProposal/check(now:)`` refuses.
    public init(_ proposal: CeremonyProposal, now: Timestamp) throws {
        try proposal.check(now: now)
        for requirement in try CeremonyProgress(proposal).requirements where requirement.missing > 0 {
            throw Refusal(
                CeremonyCode.incomplete,
                "\(requirement.role) version \(requirement.version)",
                expected: "\(requirement.threshold) signatures by the keys of root version "
                    + "\(requirement.rootVersion)",
                found: "\(requirement.signed.count)"
            )
        }
        let file = try proposal.root?.file(countedBy: proposal.rootAuthorities, of: .root)
        chain = try Self.chain(proposal.chain, followedBy: file)
        files = proposal.files
        root = proposal.root == nil ? nil : chain.last.root
        let authority = chain.last.root.role.authority(for: .targets)
        targets = try proposal.targets.map { targets in
            let file = try targets.file(countedBy: [authority], of: .targets)
            return try authority.verify(SignedMetadata(parsing: file, as: .targets), of: .targets)
        }
        if let before = proposal.chain, let current = proposal.currentTargets {
            base = (before.last.root.digest, current.role)
        } else {
            base = nil
        }
    }

    private static func chain(_ before: RootChain?, followedBy file: [UInt8]?) throws -> RootChain {
        guard var chain = before else { return try RootChain(files: [file].compactMap { $0 }) }
        if let file { try chain.append(file) }
        return chain
    }
}
