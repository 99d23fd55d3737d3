// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// Metadata of any role that enough keys have signed; only ``TrustChain`` makes it, and as what it is: a
/// ``VerifiedRoot``, a ``VerifiedKeyManager`` or a ``VerifiedPackageManager``. Whether it has run out is asked by
/// ``checkExpiry(now:)``.
public struct VerifiedDocument: Sendable {
    /// What it says.
    public let metadata: TrustMetadata
    /// The file, as it was read.
    public let bytes: [UInt8]
    /// The names of the keys that counted.
    public let keyIDs: [String]
    /// Entries among the signatures that are none, and counted for nothing.
    public let malformed: [MalformedSignature]

    /// SHA-256 of what is signed: signatures may be added to a document, and it stays the same.
    public let signedDigest: Digest

    /// SHA-256 of the file.
    public var digest: Digest { Digest.of(bytes) }

    init(_ envelope: TrustEnvelope, bytes: [UInt8], keyIDs: [String]) {
        metadata = envelope.metadata
        malformed = envelope.malformed
        signedDigest = Digest.of(envelope.signedBytes)
        self.bytes = bytes
        self.keyIDs = keyIDs
    }

    /// Refuses what has run out, also if it was good when it was stored.
    ///
    /// - Throws: a `Refusal` with `content-trust.expired`.
    public func checkExpiry(now: Timestamp) throws {
        guard now < metadata.expiration else {
            throw Refusal(
                ContentTrustCode.expired,
                TrustMetadata.subject(metadata.role),
                expected: "an expiration after \(now)",
                found: metadata.expiration.description
            )
        }
    }
}
