// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import SigningKeys
public import TrustCore

/// Who has signed a proposal so far, and how many are missing.
public struct CeremonyProgress: Sendable {
    /// One threshold that must be met.
    public struct Requirement: Sendable {
        /// The role whose metadata is signed: root or targets.
        public let role: RoleName
        /// The version that is proposed.
        public let version: Int64
        /// The root version whose keys and threshold count.
        public let rootVersion: Int64
        /// How many keys must sign.
        public let threshold: Int
        /// The keys that have.
        public let signed: [CeremonyKey]
        /// The keys that have not.
        public let waiting: [CeremonyKey]

        /// How many signatures are missing.
        public var missing: Int { max(0, threshold - signed.count) }
    }

    /// The thresholds, in the order in which clients check them.
    public let requirements: [Requirement]

    /// Whether nothing is missing.
    public var isComplete: Bool { requirements.allSatisfy { $0.missing == 0 } }

    /// Counts the signatures of a proposal.
    ///
    /// - Throws: a `Refusal` of `SigningKeys` if a key id is ambiguous.
    public init(_ proposal: CeremonyProposal) throws {
        let names = proposal.knownNames
        let versions = [proposal.chain?.last.root.role.version, proposal.root?.role.version].compactMap { $0 }
        requirements = try proposal.documents.flatMap { document in
            let roots = document.role == .root ? versions : [versions.last ?? 1]
            return try zip(document.authorities, roots).map { authority, rootVersion in
                let ids = Set(
                    try authority.tally(document.envelope, of: document.role).keyIDs.map { KeyID($0) }
                )
                let keys = authority.role.keyIDs.map { ($0, CeremonyKey($0, authority.keys[$0], names)) }
                return Requirement(
                    role: document.role,
                    version: document.version,
                    rootVersion: rootVersion,
                    threshold: authority.role.threshold,
                    signed: keys.filter { ids.contains($0.0) }.map(\.1),
                    waiting: keys.filter { !ids.contains($0.0) }.map(\.1)
                )
            }
        }
    }
}

/// A key as people are shown it.
public struct CeremonyKey: Sendable, Hashable {
    /// What the signed root calls it, or the proposed one; nil if neither does.
    public let name: String?
    /// Its scheme, such as `ed25519`; nil if this program cannot use the key.
    public let scheme: String?
    /// SHA-256 of the key itself; nil if this program cannot use it. Unlike a key id nobody can choose it.
    public let fingerprint: Digest?
    /// The id under which the metadata list it.
    public let keyID: KeyID

    init(_ id: KeyID, _ definition: KeyDefinition?, _ names: [KeyID: String]) {
        let key = try? definition?.publicKey()
        name = names[id]
        scheme = key?.scheme.rawValue
        fingerprint = key?.fingerprint
        keyID = id
    }

    /// Name and first digits of the fingerprint.
    public var short: String { label(fingerprint.map { String($0.hex.prefix(16)) }) }
    /// Name and whole fingerprint.
    public var full: String { label(fingerprint?.hex) }

    private func label(_ digits: String?) -> String {
        let called = name.map { "`\($0)`, " } ?? ""
        guard let scheme, let digits else { return called + "key id \(keyID), which nobody can sign with" }
        return called + "\(scheme) \(digits)"
    }
}

extension CeremonyProposal {
    /// What keys are called: by the root in force first, since that one is signed.
    var knownNames: [KeyID: String] {
        let proposed = root?.role.keyNames ?? [:]
        return (chain?.last.root.role.keyNames ?? [:]).merging(proposed) { signed, _ in signed }
    }
}
