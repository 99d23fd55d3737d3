// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import SigningKeys
public import TrustCore

/// Metadata of one role that a ceremony is about: what is to be signed, and the signatures so far.
public struct ProposedMetadata<Role: RoleMetadata>: Sendable {
    /// What it says.
    public let role: Role
    /// The signed part, and the signatures so far, none of them verified.
    public private(set) var envelope: MetadataEnvelope

    /// Proposes metadata that nobody has signed.
    init(_ role: Role) throws {
        self.role = role
        envelope = try MetadataEnvelope(signed: role.encoded())
    }

    /// Reads it from a proposal.
    init(_ value: JSONValue, of name: RoleName) throws {
        // What no client would read need not be signed.
        let limits = TUFLimits()
        let signed = try SignedMetadata<Role>(
            parsing: JSONWriter.encode(value),
            as: name,
            limits: limits.json(name == .root ? limits.root : limits.promisedTargets)
        )
        role = signed.role
        envelope = signed.envelope
    }

    /// SHA-256 of the bytes that are signed: what authorities compare.
    public var digest: Digest { Digest.of(envelope.signedBytes) }

    mutating func add(_ signature: Signature) { envelope.add(signature) }

    var encoded: JSONValue {
        [
            "signatures": .array(
                envelope.signatures.map {
                    ["keyid": .string($0.keyID), "sig": .string(Hex.encode($0.bytes))]
                }
            ),
            "signed": .object(envelope.signed),
        ]
    }

    /// The metadata file, with the signatures only that one of the authorities counts.
    func file(countedBy authorities: [RoleAuthority], of name: RoleName) throws -> [UInt8] {
        let counted = Set(
            try authorities.flatMap { try $0.tally(envelope, of: name).keyIDs.map { KeyID($0) } }
        )
        var file = try MetadataEnvelope(signed: envelope.signed)
        for signature in envelope.signatures where counted.contains(KeyID(signature.keyID)) {
            file.add(signature)
        }
        return file.encoded()
    }
}
