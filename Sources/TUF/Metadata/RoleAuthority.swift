// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import SigningKeys
internal import TrustCore

/// Who may sign a role, as its delegator says: the one way from signed to verified metadata, for every role.
public struct RoleAuthority: Sendable, Equatable {
    /// Key ids and threshold.
    public let role: RoleKeys
    /// The keys the delegator describes; ids that are not among them count for nothing.
    public let keys: [KeyID: KeyDefinition]
}

extension RoleAuthority {
    /// Demands that enough of the role's keys have signed the metadata, each key counted once.
    ///
    /// Checks nothing else: versions, digests and expiry are the business of ``TrustedMetadata``.
    ///
    /// - Parameter schemes: the schemes whose keys count; keys of others are as good as unknown.
    /// - Throws: a `Refusal` with `tuf.signatures`.
    public func verify<Role: RoleMetadata>(
        _ signed: SignedMetadata<Role>,
        of name: RoleName,
        accepting schemes: Set<SignatureScheme> = SignatureScheme.standard
    ) throws -> VerifiedMetadata<Role> {
        try check(signed.envelope, of: "\(name) metadata", accepting: schemes)
        return VerifiedMetadata(verified: signed)
    }

    /// Demands that enough of the role's keys have signed the envelope (`tuf.signatures`).
    func check(
        _ envelope: MetadataEnvelope,
        of subject: String,
        accepting schemes: Set<SignatureScheme> = SignatureScheme.standard
    ) throws {
        do {
            try Threshold.check(
                envelope.signatures,
                over: envelope.signedBytes,
                keys: usableKeys(accepting: schemes),
                threshold: role.threshold,
                subject: subject
            )
        } catch let cause as Refusal {
            throw Refusal(
                TUFCode.signatures,
                subject,
                expected: cause.expected ?? "\(role.threshold) valid signatures",
                found: cause.found,
                cause: cause
            )
        }
    }

    /// Who has signed the envelope so far, for ceremonies that are not finished.
    public func tally(
        _ envelope: MetadataEnvelope,
        of name: RoleName,
        accepting schemes: Set<SignatureScheme> = SignatureScheme.standard
    ) throws -> SignatureTally {
        try Threshold.tally(
            envelope.signatures,
            over: envelope.signedBytes,
            keys: usableKeys(accepting: schemes),
            subject: "\(name) metadata"
        )
    }

    /// The role's keys that we can use; those of unknown type or of a scheme that is not accepted, and
    /// malformed ones, count for nothing.
    func usableKeys(
        accepting schemes: Set<SignatureScheme> = SignatureScheme.standard
    ) -> [(keyID: String, key: PublicKey)] {
        role.keyIDs.compactMap { id in
            guard let key = try? keys[id]?.publicKey(accepting: schemes) else { return nil }
            return (id.text, key)
        }
    }

    /// The id under which the role lists a key, of whatever scheme; nil if it does not.
    func keyID(of key: PublicKey) -> KeyID? {
        usableKeys(accepting: SignatureScheme.withDrafts).first { $0.key == key }.map { KeyID($0.keyID) }
    }
}
