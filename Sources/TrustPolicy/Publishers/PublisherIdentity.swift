// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// Who published, as far as it stays the same from release to release: a repository on a build service, a
/// person, or a key. Which workflow, ref and run it was is left out.
public struct PublisherIdentity: Sendable, Equatable {
    /// What sort of identity signed.
    public let kind: Signer.Kind
    /// The repository's URI, or the signer's identity where no repository is named.
    public let value: String
    /// Who vouches for it; nil for a key.
    public let issuer: String?
    /// The repository's number, if the certificate gives one.
    public let repositoryID: String?
    /// The owner's number, if the certificate gives one.
    public let ownerID: String?

    /// Makes an identity, as a lock file has it.
    public init(
        _ kind: Signer.Kind,
        _ value: String,
        issuer: String?,
        repositoryID: String? = nil,
        ownerID: String? = nil
    ) {
        self.kind = kind
        self.value = value
        self.issuer = issuer
        self.repositoryID = repositoryID
        self.ownerID = ownerID
    }

    /// The identity behind an attestation.
    public init(_ attestation: Attestation) {
        let signer = attestation.signer
        let repository = signer.kind == .uri ? attestation.claims[.sourceRepositoryURI] : nil
        self.init(
            signer.kind,
            repository ?? signer.value,
            issuer: signer.issuer,
            repositoryID: repository == nil ? nil : attestation.claims[.sourceRepositoryID],
            ownerID: repository == nil ? nil : attestation.claims[.ownerID]
        )
    }

    /// Whether this is the same publisher as another: by the repository's and the owner's number where both
    /// have them, whatever the names are now; by the name where one of the two lacks a number.
    public func isSame(as other: PublisherIdentity) -> Bool {
        guard hasSameIssuer(as: other) else { return false }
        if let mine = ownerID, let its = other.ownerID, !ByteKey.areEqual(mine, its) { return false }
        if let mine = repositoryID, let its = other.repositoryID { return ByteKey.areEqual(mine, its) }
        return hasSameName(as: other)
    }

    /// Whether the two could be one, which is enough not to count them as two.
    func couldBe(_ other: PublisherIdentity) -> Bool {
        guard hasSameIssuer(as: other) else { return false }
        if let mine = repositoryID, let its = other.repositoryID, ByteKey.areEqual(mine, its) { return true }
        return hasSameName(as: other)
    }

    private func hasSameIssuer(as other: PublisherIdentity) -> Bool {
        guard kind == other.kind else { return false }
        switch (issuer, other.issuer) {
        case (nil, nil): return true
        case (let mine?, let its?): return ByteKey.areEqual(mine, its)
        default: return false
        }
    }

    private func hasSameName(as other: PublisherIdentity) -> Bool {
        let isGitHub = issuer.map { ByteKey.areEqual($0, BuildService.githubIssuer) } ?? false
        return RepositoryPattern.same(value, other.value, isGitHub && kind == .uri ? .anyCase : .exact)
    }

    /// In words.
    public var description: String {
        var text = kind == .key ? "key \(Shown.text(value))" : Shown.text(value)
        if let repositoryID { text += " (repository number \(Shown.text(repositoryID)))" }
        if let issuer { text += " by \(Shown.text(issuer))" }
        return text
    }
}
