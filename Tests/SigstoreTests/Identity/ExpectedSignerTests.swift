// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@testable import Sigstore

@Suite("What a certificate will say")
struct ExpectedSignerTests {
    private func token(_ claims: [(String, String)]) throws -> IdentityToken {
        var object = TokenSample.claims.object ?? JSONObject()
        for (name, value) in claims { object[name] = .string(value) }
        return try IdentityToken(TokenSample.text(TokenSample.header, .object(object)))
    }

    @Test("A workflow of GitHub Actions is named by its reference, with everything that policies ask about")
    func github() throws {
        let issuer = SimulatedIssuer(now: TokenSample.now)
        let token = try IdentityToken(issuer.token(issuer.workflowClaims(audience: "sigstore")))
        let signer = SimulatedInstance.Signer.workflow()
        #expect(token.expectedSigner == signer.identity)
        #expect(token.proofSubject == "repo:example/widget:ref:refs/tags/v1")
        let found = Dictionary(uniqueKeysWithValues: token.expectedClaims.map { ($0.claim, $0.value) })
        #expect(found[.sourceRepositoryURI] == "https://github.com/example/widget")
        #expect(found[.sourceRepositoryIdentifier] == "1001")
        #expect(found[.sourceRepositoryOwnerURI] == "https://github.com/example")
        #expect(found[.sourceRepositoryOwnerIdentifier] == "2002")
        #expect(found[.runInvocationURI] == "https://github.com/example/widget/actions/runs/7/attempts/1")
        #expect(found[.buildTrigger] == "push" && found[.githubWorkflowName] == "release")
        #expect(found[.issuer] == "https://token.actions.githubusercontent.com")
        #expect(found[.deploymentEnvironment] == nil)
        #expect(
            token.expectedClaims.map(\.claim.rawValue) == token.expectedClaims.map(\.claim.rawValue).sorted()
        )
    }

    @Test("A workflow of GitHub Actions without its reference is named by nothing that it says of itself")
    func githubWithoutReference() throws {
        let token = try token([
            ("iss", "https://token.actions.githubusercontent.com"), ("email", "ada@example.org"),
            ("email_verified", "true"),
        ])
        #expect(token.expectedSigner == nil)
    }

    @Test(
        "Services are known by their issuer exactly, and name a pipeline",
        arguments: [
            (
                [
                    ("iss", "https://gitlab.com"),
                    ("ci_config_ref_uri", "gitlab.com/group/tool//.gitlab-ci.yml@refs/heads/main"),
                ], "https://gitlab.com/group/tool//.gitlab-ci.yml@refs/heads/main"
            ),
            (
                [
                    ("iss", "https://agent.buildkite.com"), ("organization_slug", "acme"),
                    ("pipeline_slug", "tool"),
                ], "https://buildkite.com/acme/tool"
            ),
            (
                [
                    ("iss", "https://oidc.circleci.com/org/7"), ("oidc.circleci.com/project-id", "p"),
                    ("oidc.circleci.com/pipeline-definition-id", "d"),
                ], "https://circleci.com/api/v2/projects/p/pipeline-definitions/d"
            ),
            (
                [
                    ("iss", "https://token.actions.githubusercontent.com/acme"),
                    ("job_workflow_ref", "acme/tool/.github/workflows/a.yml@refs/heads/main"),
                ], "https://github.com/acme/tool/.github/workflows/a.yml@refs/heads/main"
            ),
            ([("iss", "https://gitlab.com.example.org"), ("ci_config_ref_uri", "gitlab.com/a//b@c")], nil),
            ([("iss", "https://gitlab.com/"), ("ci_config_ref_uri", "gitlab.com/a//b@c")], nil),
            ([("iss", "https://agent.buildkite.com"), ("pipeline_slug", "tool")], nil),
            (
                [
                    ("iss", "https://token.actions.githubusercontent.com.evil.example"),
                    ("job_workflow_ref", "a"),
                ], nil
            ),
        ] as [([(String, String)], String?)]
    )
    func services(claims: [(String, String)], name: String?) throws {
        let token = try token(claims)
        #expect(token.expectedSigner?.value == name)
        #expect(token.expectedSigner.map { $0.kind == .uri && $0.issuer == token.issuer } ?? true)
    }

    @Test("A job of GitLab CI has its project's number, and its ref in full")
    func gitlab() throws {
        let token = try token([
            ("iss", "https://gitlab.com"), ("project_path", "group/tool"), ("project_id", "31"),
            ("ref", "v1"),
            ("ref_type", "tag"), ("namespace_path", "group"), ("namespace_id", "41"), ("job_id", "9"),
            ("ci_config_ref_uri", "gitlab.com/group/tool//.gitlab-ci.yml@refs/tags/v1"),
        ])
        let found = Dictionary(uniqueKeysWithValues: token.expectedClaims.map { ($0.claim, $0.value) })
        #expect(found[.sourceRepositoryURI] == "https://gitlab.com/group/tool")
        #expect(found[.sourceRepositoryIdentifier] == "31" && found[.sourceRepositoryRef] == "refs/tags/v1")
        #expect(found[.sourceRepositoryOwnerIdentifier] == "41")
        #expect(found[.runInvocationURI] == "https://gitlab.com/group/tool/-/jobs/9")
        #expect(found[.buildConfigURI] == "https://gitlab.com/group/tool//.gitlab-ci.yml@refs/tags/v1")
    }

    @Test("A person is named by the e-mail address, and by the provider that was asked in turn")
    func person() throws {
        let issuer = SimulatedIssuer(now: TokenSample.now)
        let token = try IdentityToken(issuer.token(issuer.personClaims()))
        let expected = SignerIdentity(
            kind: .email,
            value: "ada@example.org",
            issuer: "https://accounts.example.org"
        )
        #expect(token.expectedSigner == expected && token.expectedClaims.isEmpty)
        issuer.be { $0.connector = nil }
        let direct = try IdentityToken(issuer.token(issuer.personClaims()))
        #expect(direct.expectedSigner?.issuer == issuer.issuer)
        #expect(try IdentityToken(TokenSample.text()).expectedSigner == nil)
    }
}
