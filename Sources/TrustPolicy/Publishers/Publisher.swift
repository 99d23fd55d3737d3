// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// Somebody who may publish: what an attestation's signer must be.
///
/// Every comparison is of whole values or of whole components, as bytes; only the names of GitHub's owners
/// and repositories are compared as GitHub does, without regard to the case of ASCII letters. The issuer is
/// always compared. What a rule needs and a certificate does not say is no match.
public struct Publisher: Sendable, Equatable {
    /// Who.
    public enum Source: Sendable, Equatable {
        /// A repository on a build service.
        case repository(BuildService, RepositoryPattern)
        /// An identity in a certificate, and who vouches for it.
        case identity(Signer.Kind, String, issuer: String)
        /// A key by itself, by SHA-256 of its SubjectPublicKeyInfo.
        case key(Digest)
    }

    /// Who.
    public let source: Source
    /// The repository's number, which decides over its name: the name may change, and somebody else may take
    /// it.
    public var repositoryID: String?
    /// The owner's number, which decides over the owner's name.
    public var ownerID: String?
    /// The file of the workflow, such as `release.yml`; nil for any.
    public var workflow: String?
    /// The branches or tags; nil for any.
    public var ref: RefPattern?
    /// What the certificate must say besides, word for word.
    public var claims: [CertificateClaim: String] = [:]

    /// Makes a publisher without further conditions.
    public init(_ source: Source) { self.source = source }

    /// A repository on GitHub, `OWNER/NAME`, or `OWNER/*` for each of the owner's; nil for another spelling.
    public static func github(_ repository: String) -> Publisher? {
        RepositoryPattern(repository, mayNest: false).map { Publisher(.repository(.github, $0)) }
    }

    /// A project on GitLab, with all its groups.
    public static func gitlab(_ project: String, issuer: String = BuildService.gitlabIssuer) -> Publisher? {
        RepositoryPattern(project, mayNest: true).map {
            Publisher(.repository(.gitlab(issuer: issuer), $0))
        }
    }

    /// In words, as lists show it.
    public var description: String {
        var parts: [String]
        switch source {
        case .repository(.github, let repository): parts = ["github \(repository.description)"]
        case .repository(.gitlab(let issuer), let project):
            parts = ["gitlab \(project.description)"]
            if !ByteKey.areEqual(issuer, BuildService.gitlabIssuer) {
                parts.append("issuer \(Shown.text(issuer))")
            }
        case .identity(_, let value, let issuer):
            parts = ["identity \(Shown.text(value))", "issuer \(Shown.text(issuer))"]
        case .key(let fingerprint): parts = ["key \(fingerprint.hex)"]
        }
        if let repositoryID { parts.append("repository number \(repositoryID)") }
        if let ownerID { parts.append("owner number \(ownerID)") }
        if let workflow { parts.append("workflow \(Shown.text(workflow))") }
        if let ref { parts.append("ref \(Shown.text(ref.description))") }
        for (claim, value) in claims.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            parts.append("\(claim.rawValue) \(Shown.text(value))")
        }
        return parts.joined(separator: ", ")
    }

    /// Equal if both demand the same, byte for byte.
    public static func == (a: Publisher, b: Publisher) -> Bool {
        func same(_ a: String?, _ b: String?) -> Bool {
            switch (a, b) {
            case (nil, nil): true
            case (let a?, let b?): ByteKey.areEqual(a, b)
            default: false
            }
        }
        return ByteKey.areEqual(a.description, b.description) && a.source == b.source
            && same(a.repositoryID, b.repositoryID) && same(a.ownerID, b.ownerID)
            && same(a.workflow, b.workflow) && a.ref == b.ref
            && a.claims.count == b.claims.count && a.claims.allSatisfy { same($0.value, b.claims[$0.key]) }
    }
}
