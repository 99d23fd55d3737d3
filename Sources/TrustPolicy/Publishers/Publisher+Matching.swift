// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

extension Publisher {
    /// Compares an attestation's signer with the publisher; nil if it is the publisher.
    public func mismatch(_ attestation: Attestation) -> PublisherMismatch? {
        let difference =
            switch source {
            case .repository(let service, let repository): mismatch(service, repository, attestation)
            case .identity(let kind, let value, let issuer): Self.mismatch(kind, value, issuer, attestation)
            case .key(let fingerprint): Self.mismatch(fingerprint, attestation)
            }
        return difference ?? refMismatch(attestation) ?? claimsMismatch(attestation)
    }

    private static func mismatch(
        _ kind: Signer.Kind,
        _ value: String,
        _ issuer: String,
        _ attestation: Attestation
    ) -> PublisherMismatch? {
        let signer = attestation.signer
        guard signer.kind == kind, ByteKey.areEqual(signer.value, value) else {
            return otherIdentity("the identity", value, signer, as: kind)
        }
        return issuerMismatch(issuer, signer)
    }

    private static func mismatch(_ key: Digest, _ attestation: Attestation) -> PublisherMismatch? {
        let signer = attestation.signer
        guard signer.kind == .key, ByteKey.areEqual(signer.value, key.hex) else {
            return otherIdentity("the key", key.hex, signer, as: .key)
        }
        return nil
    }

    private func mismatch(
        _ service: BuildService,
        _ repository: RepositoryPattern,
        _ attestation: Attestation
    ) -> PublisherMismatch? {
        let signer = attestation.signer
        let expected = service.uri(repository)
        guard signer.kind == .uri else {
            return Self.otherIdentity("the repository", expected, signer, as: .uri)
        }
        guard let uri = attestation.claims[.sourceRepositoryURI] else {
            guard Self.issuerMismatch(service.issuer, signer) == nil else {
                return Self.otherIdentity("the repository", expected, signer, as: .uri)
            }
            return Self.absent(.sourceRepositoryURI, expected)
        }
        let path = service.path(of: uri)
        let hasName = path.map { repository.matches($0, service.letters) } ?? false
        let hasNumbers = numbersMismatch(attestation) == nil && (repositoryID != nil || ownerID != nil)
        // Numbers mean something only beside the issuer that gave them.
        if let difference = Self.issuerMismatch(service.issuer, signer) {
            guard hasName || hasNumbers else {
                return Self.otherIdentity("the repository", expected, signer, as: .uri, found: uri)
            }
            return difference
        }
        // What the numbers say is not asked of the names again.
        let isIdentified =
            repositoryID != nil
            || (ownerID != nil && path.map { repository.matchesName(of: $0, service.letters) } ?? false)
        // The same name by another number, or the same repository of another owner.
        let hasSome = repositoryID.map { Self.says($0, attestation.claims[.sourceRepositoryID]) } ?? false
        if let difference = numbersMismatch(attestation), hasName || hasSome || difference.found == nil {
            return difference
        }
        guard isIdentified ? hasNumbers : hasName && ownerID == nil else {
            return Self.otherIdentity("the repository", expected, signer, as: .uri, found: uri)
        }
        return workflowMismatch(service, uri, attestation)
    }

    private static func says(_ expected: String, _ found: String?) -> Bool {
        found.map { ByteKey.areEqual($0, expected) } ?? false
    }

    private func numbersMismatch(_ attestation: Attestation) -> PublisherMismatch? {
        let numbers: [(CertificateClaim, String?, String)] = [
            (.sourceRepositoryID, repositoryID, "the repository's number"),
            (.ownerID, ownerID, "the owner's number"),
        ]
        for (claim, expected, what) in numbers {
            guard let expected else { continue }
            guard let found = attestation.claims[claim] else { return Self.absent(claim, expected) }
            guard ByteKey.areEqual(found, expected) else {
                return PublisherMismatch(.number, .otherNumber, what, expected: expected, found: found)
            }
        }
        return nil
    }

    /// The workflow's URI is that of the repository, `/.github/workflows/`, the file, `@` and a ref.
    private func workflowMismatch(
        _ service: BuildService,
        _ repository: String,
        _ attestation: Attestation
    ) -> PublisherMismatch? {
        guard let workflow else { return nil }
        let expected = repository + service.workflowFolder + workflow + "@"
        guard let found = attestation.claims[.buildConfigURI] else {
            return Self.absent(.buildConfigURI, expected + "…")
        }
        let rest = found.utf8.dropFirst(expected.utf8.count)
        let start = String(decoding: found.utf8.prefix(repository.utf8.count), as: UTF8.self)
        let end = expected.utf8.dropFirst(repository.utf8.count)
        // The ref behind it is a claim of its own.
        guard RepositoryPattern.same(start, repository, service.letters), !rest.isEmpty,
            found.utf8.dropFirst(repository.utf8.count).starts(with: end)
        else {
            return PublisherMismatch(
                .claim,
                .otherClaim,
                "the workflow",
                expected: expected + "…",
                found: found
            )
        }
        return nil
    }

    private func refMismatch(_ attestation: Attestation) -> PublisherMismatch? {
        guard let ref else { return nil }
        guard let found = attestation.claims[.sourceRepositoryRef] else {
            return Self.absent(.sourceRepositoryRef, ref.description)
        }
        guard ref.matches(found) else {
            return PublisherMismatch(.claim, .otherClaim, "the ref", expected: ref.description, found: found)
        }
        return nil
    }

    private func claimsMismatch(_ attestation: Attestation) -> PublisherMismatch? {
        for (claim, expected) in claims.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            guard let found = attestation.claims[claim] else { return Self.absent(claim, expected) }
            guard ByteKey.areEqual(found, expected) else {
                return PublisherMismatch(
                    .claim,
                    .otherClaim,
                    "the claim \(claim.rawValue)",
                    expected: expected,
                    found: found
                )
            }
        }
        return nil
    }

    private static func issuerMismatch(_ issuer: String, _ signer: Signer) -> PublisherMismatch? {
        if let found = signer.issuer, ByteKey.areEqual(found, issuer) { return nil }
        return PublisherMismatch(.issuer, .otherIssuer, "the issuer", expected: issuer, found: signer.issuer)
    }

    private static func otherIdentity(
        _ what: String,
        _ expected: String,
        _ signer: Signer,
        as kind: Signer.Kind,
        found: String? = nil
    ) -> PublisherMismatch {
        PublisherMismatch(
            signer.kind == kind ? .identity : .kind,
            .otherIdentity,
            what,
            expected: expected,
            found: found ?? signer.value
        )
    }

    private static func absent(_ claim: CertificateClaim, _ expected: String) -> PublisherMismatch {
        PublisherMismatch(
            .claim,
            .claimMissing,
            "the claim \(claim.rawValue)",
            expected: expected,
            found: nil
        )
    }
}
