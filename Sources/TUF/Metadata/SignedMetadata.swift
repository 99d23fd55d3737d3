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
    /// - Throws: a `Refusal` with a `tuf.…` or `json.…` code.
    public init(parsing bytes: [UInt8], as name: RoleName, limits: JSONLimits = JSONLimits()) throws {
        try self.init(parsing: bytes, as: name, limits: limits, digest: Digest.of(bytes))
    }

    /// Reads metadata whose SHA-256 is known already.
    init(parsing bytes: [UInt8], as name: RoleName, limits: JSONLimits, digest: Digest) throws {
        let subject = "\(name) metadata"
        self.bytes = bytes
        self.digest = digest
        if let tabled = Role.self as? any TabledMetadata.Type,
            let (role, envelope) = Self.quick(tabled, bytes, of: subject, limits: limits)
        {
            (self.role, self.envelope) = (role, envelope)
            return
        }
        envelope = try MetadataEnvelope(parsing: bytes, of: subject, limits: limits)
        role = try Role(JSONFields(envelope.signed, of: subject))
    }

    private static func quick<Tabled: TabledMetadata>(
        _ type: Tabled.Type,
        _ bytes: [UInt8],
        of subject: String,
        limits: JSONLimits
    ) -> (role: Role, envelope: MetadataEnvelope)? {
        guard let (read, envelope) = Tabled.quick(bytes, of: subject, limits: limits),
            let role = read as? Role
        else { return nil }
        return (role, envelope)
    }
}

/// Metadata of a role that enough of its keys have signed.
///
/// Made by ``RoleAuthority/verify(_:of:accepting:)`` only. Says nothing yet about version and expiry:
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
