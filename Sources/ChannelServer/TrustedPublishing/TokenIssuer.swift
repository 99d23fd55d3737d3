// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// An issuer of OpenID Connect whose tokens the server believes.
public struct TokenIssuer: Sendable, Equatable {
    /// What the claims of its tokens are called and mean.
    public enum Kind: Sendable, Equatable {
        /// GitHub Actions, of github.com or a server of one's own.
        case github
        /// GitLab CI, of gitlab.com or a server of one's own.
        case gitlab
        /// Any other. The claims that hold what publishers are compared with; those that it has not are not there.
        case mapped([WorkloadClaim: String])

        /// As the file of issuers and reports call it.
        public var name: String {
            switch self {
            case .github: "github"
            case .gitlab: "gitlab"
            case .mapped: "other"
            }
        }
    }

    /// Its address, which is the claim `iss`, to the byte.
    public let url: String
    /// What its claims are called.
    public let kind: Kind
    /// The longest time from a token's making to its end, in seconds.
    public let maximumLifetime: Int64

    /// What is taken if nothing is said, in seconds: GitHub's tokens are for minutes, GitLab's for as long as a job may run.
    public static let usualLifetime: Int64 = 3_600
    /// The largest that can be said, in seconds.
    public static let longestLifetime: Int64 = 86_400

    /// GitHub Actions on github.com.
    public static let github = TokenIssuer("https://token.actions.githubusercontent.com", .github)
    /// GitLab CI on gitlab.com.
    public static let gitlab = TokenIssuer("https://gitlab.com", .gitlab)

    init(_ url: String, _ kind: Kind, maximumLifetime: Int64 = usualLifetime) {
        self.url = url
        self.kind = kind
        self.maximumLifetime = maximumLifetime
    }

    /// Where its configuration is (OpenID Connect Discovery 1.0, 4).
    var configurationURL: String {
        let base =
            url.utf8.last == UInt8(ascii: "/") ? String(decoding: url.utf8.dropLast(), as: UTF8.self) : url
        return base + "/.well-known/openid-configuration"
    }

    /// Equal if all of it is, to the byte.
    public static func == (a: TokenIssuer, b: TokenIssuer) -> Bool {
        ByteKey.areEqual(a.url, b.url) && a.kind == b.kind && a.maximumLifetime == b.maximumLifetime
    }
}

/// What publishers are compared with, where the issuer's own names for it are configured.
public enum WorkloadClaim: String, Sendable, CaseIterable {
    /// The repository, with its owner: `owner/name`.
    case repository
    /// The repository's number.
    case repositoryID = "repository_id"
    /// The owner's number.
    case ownerID = "owner_id"
    /// The path of the file that says what the job does.
    case workflow
    /// The branch or tag, as `refs/…`.
    case ref
    /// The deployment environment.
    case environment
}
