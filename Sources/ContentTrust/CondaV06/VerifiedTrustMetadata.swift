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

    /// SHA-256 of the file.
    public var digest: Digest { Digest.of(bytes) }

    init(_ envelope: TrustEnvelope, bytes: [UInt8], keyIDs: [String]) {
        metadata = envelope.metadata
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

    /// Refuses what is older than a copy that was trusted before.
    ///
    /// What the older copy has, version or date, the newer one must have too, and neither may go back.
    /// - Throws: a `Refusal` with `content-trust.rollback`.
    func checkFollows(_ previous: VerifiedTrustMetadata) throws {
        let old = previous.metadata
        let goesBack =
            old.version.map { (metadata.version ?? .min) < $0 } ?? false
            || old.timestamp.map { (metadata.timestamp ?? Timestamp(seconds: .min)) < $0 } ?? false
        guard goesBack else { return }
        throw Refusal(
            ContentTrustCode.rollback,
            TrustMetadata.subject(metadata.role),
            expected: "\(Self.age(old)) or later",
            found: Self.age(metadata)
        )
    }

    private static func age(_ metadata: TrustMetadata) -> String {
        let parts = [
            metadata.version.map { "version \($0)" }, metadata.timestamp.map { "of \($0)" },
        ]
        return parts.compactMap { $0 }.joined(separator: " ")
    }
}
