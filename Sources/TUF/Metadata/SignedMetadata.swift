// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// Metadata of a role, well-formed, with signatures that nobody has checked yet.
public struct SignedMetadata<Role: RoleMetadata>: Sendable {
    /// What it says.
    public let role: Role
    /// The very bytes that arrived: what is stored, and what length and digest are checked on.
    public let bytes: [UInt8]
    /// The signed part as JSON and as canonical bytes, and the signatures.
    public let envelope: MetadataEnvelope
    /// SHA-256 of ``bytes``: which document this is.
    public let digest: Digest

    /// Reads metadata.
    ///
    /// - Parameter name: the role, for messages.
    /// - Throws: a ``Refusal`` with a `tuf.…` or `json.…` code.
    public init(parsing bytes: [UInt8], as name: RoleName, limits: JSONLimits = JSONLimits()) throws {
        let subject = "\(name) metadata"
        envelope = try MetadataEnvelope(parsing: bytes, of: subject, limits: limits)
        role = try Role(JSONFields(envelope.signed, of: subject))
        self.bytes = bytes
        digest = Digest.of(bytes)
    }
}

/// Metadata of a role that enough of its keys have signed.
///
/// Made by ``RoleAuthority/verify(_:of:)`` only. Says nothing yet about version and expiry:
/// ``TrustedMetadata`` does.
public struct VerifiedMetadata<Role: RoleMetadata>: Sendable {
    /// What it says.
    public let role: Role
    /// The very bytes that arrived.
    public let bytes: [UInt8]
    /// SHA-256 of ``bytes``: which document this is.
    public let digest: Digest

    /// For ``RoleAuthority`` alone.
    init(verified signed: SignedMetadata<Role>) {
        role = signed.role
        bytes = signed.bytes
        digest = signed.digest
    }
}
