// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// Metadata that enough keys have signed; only ``TrustChain`` makes it. Whether it has run out is asked by
/// ``checkExpiry(now:)``.
public struct VerifiedTrustMetadata: Sendable {
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

    /// Refuses what is older than a copy that was trusted before, and another document of the same version and date.
    ///
    /// What the older copy has, version or date, the newer one must have too, and neither may go back. One that says
    /// something else must be later in at least one of them.
    /// - Throws: a `Refusal` with `content-trust.rollback` or `content-trust.equivocation`.
    func checkFollows(_ previous: RememberedMetadata) throws {
        precondition(previous.role == metadata.role, "metadata is compared with that of its own role")
        if let version = previous.version, (metadata.version ?? .min) < version {
            throw rollback("version \(version)", metadata.version.map { "version \($0)" })
        }
        if let date = previous.timestamp, metadata.timestamp.map({ $0 < date }) ?? true {
            throw rollback("the timestamp \(date)", metadata.timestamp?.description)
        }
        guard let digest = previous.signedDigest, digest != signedDigest,
            metadata.version == previous.version,
            metadata.timestamp == previous.timestamp
        else { return }
        throw Refusal(
            ContentTrustCode.equivocation,
            TrustMetadata.subject(metadata.role),
            expected: "\(digest), or a later version",
            found: "\(signedDigest)"
        )
    }

    private func rollback(_ expected: String, _ found: String?) -> Refusal {
        Refusal(
            ContentTrustCode.rollback,
            TrustMetadata.subject(metadata.role),
            expected: "\(expected) or later",
            found: found ?? "none"
        )
    }
}
