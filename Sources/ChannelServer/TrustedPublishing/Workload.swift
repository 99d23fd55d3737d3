// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// The job that a token was made for, as its issuer vouches: what publishers are compared with.
public struct Workload: Sendable, Equatable {
    /// Who vouches.
    public let issuer: String
    /// Whom the token is about (`sub`).
    public let subject: String
    /// The repository, with its owner, and all groups.
    public var repository: String?
    /// The repository's number.
    public var repositoryID: String?
    /// The owner's number.
    public var ownerID: String?
    /// The path, in the repository, of the file that says what the job does.
    public var workflow: String?
    /// The branch or tag, as `refs/…`.
    public var ref: String?
    /// The deployment environment.
    public var environment: String?
    /// Whether the job can run what somebody wrote who may not write to the repository.
    public var isForPullRequest = false
    /// Who published, as the channel's files and the log say it.
    public var identity: String

    /// Reads the claims of a token.
    ///
    /// The signature and the rest of the token are not looked at.
    ///
    /// - Throws: `oidc.claim`, `oidc.reusable-workflow`.
    public init(claims: JSONObject, of issuer: TokenIssuer) throws {
        let claims = TokenClaims(claims)
        self.issuer = issuer.url
        subject = try claims.text("sub")
        identity = subject
        switch issuer.kind {
        case .github: try readGitHub(claims)
        case .gitlab: try readGitLab(claims)
        case .mapped(let names): try read(claims, names)
        }
    }

    /// The claims of a token, or claims as JSON, **without verifying anything**: what may be shown and sent where the token
    /// may not.
    ///
    /// - Throws: `oidc.token-form`, `oidc.algorithm`, `oidc.claim`.
    public static func claims(unverified text: String) throws -> JSONObject {
        // Files end in a line's end; a token does not.
        let visible = text.utf8.filter { $0 > 0x20 }
        guard visible.first != UInt8(ascii: "{") else {
            return try UnverifiedToken.claims(json: Array(text.utf8))
        }
        return try UnverifiedToken(String(decoding: visible, as: UTF8.self)).unverifiedClaims
    }

    /// Reads claims **that nobody verified**: for showing what publishers would make of them.
    ///
    /// - Throws: `oidc.issuer`, `oidc.claim`, `oidc.reusable-workflow`.
    init(unverifiedClaims claims: JSONObject, of issuers: TokenIssuers) throws {
        guard let issuer = issuers.issuer(try TokenClaims(claims).text("iss")) else {
            throw Refusal(OIDCCode.issuer, UnverifiedToken.what)
        }
        try self.init(claims: claims, of: issuer)
    }

    init(_ token: VerifiedToken) throws { try self.init(claims: token.claims.object, of: token.issuer) }

    // MARK: - GitHub

    /// Events whose jobs can run what a stranger wrote, or work on what such a job left behind.
    private static let pullRequestEvents = Set(
        [
            "pull_request", "pull_request_target", "pull_request_review", "pull_request_review_comment",
            "workflow_run",
        ].map { ByteKey($0) }
    )

    private mutating func readGitHub(_ claims: TokenClaims) throws {
        let repository = try claims.text("repository"), owner = try claims.text("repository_owner")
        guard repository.utf8.starts(with: (owner + "/").utf8) else {
            throw TokenClaims.wrong("repository", "a repository of `repository_owner`", nil)
        }
        self.repository = repository
        repositoryID = try Self.number("repository_id", claims)
        ownerID = try Self.number("repository_owner_id", claims)
        let started = try claims.text("workflow_ref")
        guard let path = Self.path(in: started, after: repository + "/") else {
            throw TokenClaims.wrong("workflow_ref", "a file of the repository, at `@refs/…`", nil)
        }
        // A job of a reusable workflow says the caller's file in `workflow_ref`, and in `job_workflow_ref` the file that its
        // steps are from. Whoever looks at the latter alone lets everybody publish who calls it.
        guard ByteKey.areEqual(try claims.text("job_workflow_ref"), started) else {
            throw Refusal(OIDCCode.reusableWorkflow, UnverifiedToken.what)
        }
        workflow = path
        ref = try claims.text("ref")
        environment = try claims.optionalText("environment")
        isForPullRequest = Self.pullRequestEvents.contains(ByteKey(try claims.text("event_name")))
        let host = ServerAudience.host(of: issuer) ?? ""
        identity = "https://\(host == Self.githubTokenHost ? "github.com" : host)/\(started)"
    }

    private static let githubTokenHost = "token.actions.githubusercontent.com"

    // MARK: - GitLab

    private static let mergeRequestSources = Set(
        ["merge_request_event", "external_pull_request_event"].map { ByteKey($0) }
    )

    private mutating func readGitLab(_ claims: TokenClaims) throws {
        let project = try claims.text("project_path")
        repository = project
        repositoryID = try Self.number("project_id", claims)
        ownerID = try Self.number("namespace_id", claims)
        let config = try claims.text("ci_config_ref_uri")
        let host = String(decoding: issuer.utf8.drop { $0 != UInt8(ascii: "/") }.dropFirst(2), as: UTF8.self)
        guard let path = Self.path(in: config, after: "\(host)/\(project)//") else {
            // The file is another project's: the same trap as with reusable workflows.
            throw Refusal(OIDCCode.reusableWorkflow, UnverifiedToken.what)
        }
        workflow = path
        let name = try claims.text("ref"), type = try claims.text("ref_type")
        switch type {
        case "branch": ref = "refs/heads/" + name
        case "tag": ref = "refs/tags/" + name
        default: throw TokenClaims.wrong("ref_type", "`branch` or `tag`", "something else")
        }
        environment = try claims.optionalText("environment")
        isForPullRequest = Self.mergeRequestSources.contains(ByteKey(try claims.text("pipeline_source")))
        identity = "https://" + config
    }

    // MARK: - Others

    private mutating func read(_ claims: TokenClaims, _ names: [WorkloadClaim: String]) throws {
        func text(_ claim: WorkloadClaim) throws -> String? {
            guard let name = names[claim] else { return nil }
            // Numbers are compared as they are written.
            if case .number(let number) = claims.object[name], let whole = number.integer {
                return String(whole)
            }
            return try claims.optionalText(name)
        }
        repository = try text(.repository)
        repositoryID = try text(.repositoryID)
        ownerID = try text(.ownerID)
        workflow = try text(.workflow)
        ref = try text(.ref)
        environment = try text(.environment)
    }

    // MARK: - Parts

    private static func number(_ name: String, _ claims: TokenClaims) throws -> String {
        guard let number = try claims.optionalNumber(name) else {
            throw TokenClaims.wrong(name, "a number in digits", "nothing")
        }
        return number
    }

    /// The path in `<prefix><path>@refs/…`. The first mark counts: below it is the ref, which may have the mark in it.
    private static func path(in text: String, after prefix: String) -> String? {
        let bytes = Array(text.utf8), mark = Array("@refs/".utf8)
        guard bytes.starts(with: prefix.utf8) else { return nil }
        let rest = bytes[prefix.utf8.count...]
        guard let at = rest.indices.first(where: { rest[$0...].starts(with: mark) }), at > rest.startIndex
        else {
            return nil
        }
        return String(decoding: rest[..<at], as: UTF8.self)
    }
}
