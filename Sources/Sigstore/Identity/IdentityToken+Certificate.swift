// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

// What the certificate will say. Fulcio decides it by its own configuration of issuers; these are the rules
// of the public instance (Fulcio's `oid-info.md` and its configuration), for the user to see before anything
// is signed.
extension IdentityToken {
    /// The kinds of issuer whose tokens become names by rules of their own.
    private enum Service {
        case github, gitlab, buildkite, circleci
    }

    private static let githubIssuer = "https://token.actions.githubusercontent.com"
    private static let gitlabIssuer = "https://gitlab.com"
    private static let buildkiteIssuer = "https://agent.buildkite.com"
    private static let circleciIssuer = "https://oidc.circleci.com"

    private var service: Service? {
        // An enterprise on GitHub may have an issuer of its own, which is below the common one.
        if isIssued(below: Self.githubIssuer + "/") || isIssued(by: Self.githubIssuer) { return .github }
        if isIssued(by: Self.gitlabIssuer) { return .gitlab }
        if isIssued(by: Self.buildkiteIssuer) { return .buildkite }
        let isCircle = isIssued(below: Self.circleciIssuer + "/org/") || isIssued(by: Self.circleciIssuer)
        return isCircle ? .circleci : nil
    }

    private func isIssued(by known: String) -> Bool { ByteKey.areEqual(issuer, known) }
    private func isIssued(below known: String) -> Bool { issuer.utf8.starts(with: known.utf8) }

    /// The signer that a certificate for this token will name; nil where that cannot be told from the token.
    ///
    /// An expectation, no proof: what counts is the certificate.
    public var expectedSigner: SignerIdentity? {
        let uri: String? =
            switch service {
            case .github: claim("job_workflow_ref").map { "https://github.com/" + $0 }
            case .gitlab: claim("ci_config_ref_uri").map { "https://" + $0 }
            case .buildkite:
                claim("organization_slug").flatMap { organization in
                    claim("pipeline_slug").map { "https://buildkite.com/\(organization)/\($0)" }
                }
            case .circleci: circlePipeline
            case nil: nil
            }
        if let uri { return SignerIdentity(kind: .uri, value: uri, issuer: issuer) }
        guard service == nil, let email else { return nil }
        return SignerIdentity(kind: .email, value: email, issuer: federatedIssuer ?? issuer)
    }

    /// The provider that the issuer asked in turn, which is whom certificates name (`federated_claims`).
    public var federatedIssuer: String? {
        claims["federated_claims"]?.object.flatMap { Self.text($0["connector_id"]) }
    }

    /// What a certificate for this token will say beside the name; empty for people, and for services whose
    /// rules are not known here. In the order of the extensions' numbers.
    public var expectedClaims: [(claim: FulcioClaim, value: String)] {
        let found: [FulcioClaim: String?] =
            switch service {
            case .github: githubClaims
            case .gitlab: gitlabClaims
            case .buildkite: buildkiteClaims
            // CircleCI's are left out: half of them come from its own addresses, not from the token.
            case .circleci, nil: [:]
            }
        return FulcioClaim.allCases.compactMap { claim in
            (found[claim] ?? nil).map { (claim, $0) }
        }
    }

    private var githubClaims: [FulcioClaim: String?] {
        let base = "https://github.com/"
        let repository = claim("repository").map { base + $0 }
        let run = repository.flatMap { repository in
            claim("run_id").flatMap { run in
                claim("run_attempt").map { "\(repository)/actions/runs/\(run)/attempts/\($0)" }
            }
        }
        return [
            .githubWorkflowTrigger: claim("event_name"),
            .githubWorkflowSHA: claim("sha"),
            .githubWorkflowName: claim("workflow"),
            .githubWorkflowRepository: claim("repository"),
            .githubWorkflowRef: claim("ref"),
            .issuer: issuer,
            .buildSignerURI: claim("job_workflow_ref").map { base + $0 },
            .buildSignerDigest: claim("job_workflow_sha"),
            .runnerEnvironment: claim("runner_environment"),
            .sourceRepositoryURI: repository,
            .sourceRepositoryDigest: claim("sha"),
            .sourceRepositoryRef: claim("ref"),
            .sourceRepositoryIdentifier: claim("repository_id"),
            .sourceRepositoryOwnerURI: claim("repository_owner").map { base + $0 },
            .sourceRepositoryOwnerIdentifier: claim("repository_owner_id"),
            .buildConfigURI: claim("workflow_ref").map { base + $0 },
            .buildConfigDigest: claim("workflow_sha"),
            .buildTrigger: claim("event_name"),
            .runInvocationURI: run,
            .sourceRepositoryVisibility: claim("repository_visibility"),
            .deploymentEnvironment: claim("environment"),
        ]
    }

    private var gitlabClaims: [FulcioClaim: String?] {
        let base = issuer + "/"
        let configuration = claim("ci_config_ref_uri").map { "https://" + $0 }
        let project = claim("project_path").map { base + $0 }
        return [
            .issuer: issuer,
            .buildSignerURI: configuration,
            .buildSignerDigest: claim("ci_config_sha"),
            .runnerEnvironment: claim("runner_environment"),
            .sourceRepositoryURI: project,
            .sourceRepositoryDigest: claim("sha"),
            .sourceRepositoryRef: gitlabRef,
            .sourceRepositoryIdentifier: claim("project_id"),
            .sourceRepositoryOwnerURI: claim("namespace_path").map { base + $0 },
            .sourceRepositoryOwnerIdentifier: claim("namespace_id"),
            .buildConfigURI: configuration,
            .buildConfigDigest: claim("ci_config_sha"),
            .buildTrigger: claim("pipeline_source"),
            .runInvocationURI: project.flatMap { project in
                claim("job_id").map { "\(project)/-/jobs/\($0)" }
            },
            .sourceRepositoryVisibility: claim("project_visibility"),
            .deploymentEnvironment: claim("environment"),
        ]
    }

    private var buildkiteClaims: [FulcioClaim: String?] {
        [
            .issuer: issuer,
            .runnerEnvironment: claim("runner_environment"),
            .sourceRepositoryDigest: claim("build_commit"),
            .buildTrigger: claim("build_source"),
        ]
    }

    private var circlePipeline: String? {
        claim("oidc.circleci.com/project-id").flatMap { project in
            claim("oidc.circleci.com/pipeline-definition-id").map {
                "https://circleci.com/api/v2/projects/\(project)/pipeline-definitions/\($0)"
            }
        }
    }

    /// GitLab gives a ref without what it is.
    private var gitlabRef: String? {
        guard let kind = claim("ref_type"), let ref = claim("ref") else { return nil }
        if ByteKey.areEqual(kind, "branch") { return "refs/heads/" + ref }
        return ByteKey.areEqual(kind, "tag") ? "refs/tags/" + ref : nil
    }

    private func claim(_ name: String) -> String? { Self.text(claims[name]) }

    /// Text of bounded length, for display only.
    private static func text(_ value: JSONValue?) -> String? {
        guard let text = value?.string, (1...maximumClaimLength).contains(text.utf8.count) else { return nil }
        return text
    }
}
