// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// A key manager's metadata that enough keys have signed; only ``TrustChain`` makes it. Whether it has run out is
/// asked by ``checkExpiry(now:)``.
@dynamicMemberLookup
public struct VerifiedKeyManager: Sendable {
    /// The metadata as a document.
    public let document: VerifiedDocument
    /// The keys that sign records, in whichever form, and how many of them must.
    public let packageKeys: TrustDelegation

    init(_ document: VerifiedDocument) throws {
        self.document = document
        packageKeys = try document.metadata.keys(of: .packageManager)
    }

    /// The form in which a key signs records.
    public func form(of key: TrustKey) -> RecordForm { document.metadata.form(of: key) }

    /// What it has in common with all verified metadata.
    public subscript<Value>(dynamicMember path: KeyPath<VerifiedDocument, Value>) -> Value {
        document[keyPath: path]
    }

    /// Refuses what has run out, also if it was good when it was stored.
    ///
    /// - Throws: a `Refusal` with `content-trust.expired`.
    public func checkExpiry(now: Timestamp) throws { try document.checkExpiry(now: now) }

    /// Refuses what is older than a copy that was trusted before, and another document of the same version and date.
    ///
    /// What the older copy has, version or date, the newer one must have too, and neither may go back. One that says
    /// something else must be later in at least one of them.
    /// - Throws: a `Refusal` with `content-trust.rollback` or `content-trust.equivocation`.
    public func checkFollows(_ previous: RememberedKeyManager) throws {
        let metadata = document.metadata
        if let version = previous.version, (metadata.version ?? .min) < version {
            throw rollback("version \(version)", metadata.version.map { "version \($0)" })
        }
        if let date = previous.timestamp, metadata.timestamp.map({ $0 < date }) ?? true {
            throw rollback("the timestamp \(date)", metadata.timestamp?.description)
        }
        guard let digest = previous.signedDigest, digest != document.signedDigest,
            metadata.version == previous.version,
            metadata.timestamp == previous.timestamp
        else { return }
        throw Refusal(
            ContentTrustCode.equivocation,
            TrustMetadata.subject(.keyManager),
            expected: "\(digest), or a later version",
            found: "\(document.signedDigest)"
        )
    }

    private func rollback(_ expected: String, _ found: String?) -> Refusal {
        Refusal(
            ContentTrustCode.rollback,
            TrustMetadata.subject(.keyManager),
            expected: "\(expected) or later",
            found: found ?? "none"
        )
    }
}
