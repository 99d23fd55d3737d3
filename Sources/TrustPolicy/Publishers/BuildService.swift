// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// A service that builds what lies in its repositories and vouches for who did.
public enum BuildService: Sendable, Equatable {
    /// GitHub Actions on github.com.
    case github
    /// GitLab CI, on gitlab.com or a server of one's own, whose URL is its issuer too.
    case gitlab(issuer: String)

    /// The issuer of GitHub Actions' tokens.
    public static let githubIssuer = "https://token.actions.githubusercontent.com"
    /// The issuer of gitlab.com's tokens.
    public static let gitlabIssuer = "https://gitlab.com"

    /// Who vouches for its identities.
    public var issuer: String {
        switch self {
        case .github: Self.githubIssuer
        case .gitlab(let issuer): issuer
        }
    }

    /// What the URIs of its repositories begin with.
    private var base: String {
        switch self {
        case .github: "https://github.com/"
        case .gitlab(let issuer): issuer + "/"
        }
    }

    var letters: RepositoryPattern.Letters { self == .github ? .anyCase : .exact }

    /// The URI of a repository, or what a pattern of them looks like as one.
    func uri(_ repository: RepositoryPattern) -> String { base + repository.description }

    /// Owner and name in the URI of a repository here; nil for any other URI.
    func path(of uri: String) -> String? {
        guard uri.utf8.starts(with: base.utf8) else { return nil }
        return String(decoding: uri.utf8.dropFirst(base.utf8.count), as: UTF8.self)
    }

    /// What stands between a repository's URI and a workflow's file name in the workflow's URI.
    var workflowFolder: String {
        switch self {
        case .github: "/.github/workflows/"
        case .gitlab: "//"
        }
    }
}
