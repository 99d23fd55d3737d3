// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@testable import Sigstore

@Suite("Where tokens come from, without a person")
struct IdentitySourceTests {
    private let issuer = SimulatedIssuer(now: TokenSample.now)

    private func token(of environment: [String: String], audience: String = "sigstore") async throws
        -> IdentityToken?
    {
        try await AmbientIdentity.find(in: environment, audience: audience, caller: issuer)?
            .token(audience: audience)
    }

    @Test("A job of GitHub Actions gets a token for the audience that it asks for")
    func github() async throws {
        let token = try #require(try await token(of: issuer.runnerEnvironment))
        #expect(token.subject == "repo:example/widget:ref:refs/tags/v1" && token.audiences == ["sigstore"])
        let odd = "https://a.example/?x=1&audience=sigstore"
        #expect(try await self.token(of: issuer.runnerEnvironment, audience: odd)?.audiences == [odd])
    }

    @Test("The runner's address may be without a query")
    func withoutQuery() async throws {
        var environment = issuer.runnerEnvironment
        environment["ACTIONS_ID_TOKEN_REQUEST_URL"] = issuer.issuer + "/actions/token"
        #expect(try await token(of: environment)?.audiences == ["sigstore"])
    }

    @Test("Outside of every build service there is no ambient identity")
    func nowhere() async throws {
        #expect(try await token(of: ["PATH": "/bin", "CI": "true"]) == nil)
    }

    @Test(
        "A job that has no identity is told what gives it one",
        arguments: [
            (["GITHUB_ACTIONS": "true"], "id-token: write"),
            (["GITHUB_ACTIONS": "true", "ACTIONS_ID_TOKEN_REQUEST_URL": "https://a"], "id-token: write"),
            (["GITLAB_CI": "true"], "aud: sigstore"),
            (["BUILDKITE": "true"], "buildkite-agent oidc request-token --audience sigstore"),
            (["CIRCLECI": "true"], "circleci run oidc get"),
            (["BUILDER_OUTPUT": "/x", "PROJECT_ID": "p"], "gcloud auth print-identity-token"),
        ]
    )
    func remedies(environment: [String: String], words: String) async {
        let failure = await #expect(throws: Failure.self) { try await token(of: environment) }
        #expect(failure?.kind == .configuration)
        #expect(failure?.remedy?.contains(words) == true)
    }

    @Test("A token in the environment is taken, in GitLab CI and elsewhere, and before the service's own")
    func variable() async throws {
        let text = issuer.token(issuer.personClaims())
        for environment in [
            ["SIGSTORE_ID_TOKEN": text, "GITLAB_CI": "true"], ["SIGSTORE_ID_TOKEN": text + "\n"],
            issuer.runnerEnvironment.merging(["SIGSTORE_ID_TOKEN": text]) { $1 },
        ] { #expect(try await token(of: environment)?.text == text) }
        #expect(
            await refusalCode { try await token(of: ["SIGSTORE_ID_TOKEN": "x"]) } == "identity.token-form"
        )
    }

    @Test("A token for another audience is refused wherever it comes from")
    func audience() async throws {
        let given = try GivenIdentity(issuer.token(issuer.personClaims()))
        #expect(await refusalCode { try await given.token(audience: "other") } == "identity.audience")
        issuer.fault { $0.claims["aud"] = "other" }
        #expect(await refusalCode { try await token(of: issuer.runnerEnvironment) } == "identity.audience")
    }

    @Test(
        "An address that a secret must not go to is not asked",
        arguments: [
            "http://example.org/token", "ftp://example.org", "https://user@example.org/", "https:///token",
            "",
            "http://127.0.0.1.example.org/", "http://localhost@example.org/", "https://example.org/\r\nX: y",
            "http://127.0.0.1:80x/", "//example.org/",
        ]
    )
    func addresses(url: String) async {
        #expect(!ServiceAddress.isProtected(url))
        guard !url.isEmpty else { return }
        var environment = issuer.runnerEnvironment
        environment["ACTIONS_ID_TOKEN_REQUEST_URL"] = url
        let failure = await #expect(throws: Failure.self) { try await token(of: environment) }
        #expect(failure?.kind == .configuration)
    }

    @Test("A secret that would end the header field is not sent")
    func header() async {
        var environment = issuer.runnerEnvironment
        environment["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = "a\r\nX: y"
        let failure = await #expect(throws: Failure.self) { try await token(of: environment) }
        #expect(failure?.kind == .configuration)
    }

    @Test(
        "What the service answers instead of a token is refused, and not quoted",
        arguments: [
            (200, "", "identity.answer"), (200, "eyJSECRET", "identity.answer"),
            (200, "[]", "identity.answer"),
            (200, "{}", "identity.answer"), (200, #"{"value":1}"#, "identity.answer"),
            (200, #"{"value":"","value":""}"#, "identity.answer"),
            (200, #"{"value":"SECRET"}"#, "identity.token-form"),
        ]
    )
    func answers(status: Int, text: String, code: String) async throws {
        let source = try #require(
            try GitHubActionsIdentity(
                environment: issuer.runnerEnvironment,
                caller: ScriptedCaller(status: status, text)
            )
        )
        let refusal = await #expect(throws: Refusal.self) { try await source.token(audience: "sigstore") }
        #expect(refusal?.codeName == code)
        #expect(
            refusal.map { !"\($0) \($0.remedy) \(String(describing: $0.cause))".contains("SECRET") } == true
        )
    }

    @Test("Another status means that it is not known, and its body is not quoted")
    func statuses() async throws {
        for (status, text) in [(401, "SECRET"), (500, #"{"error":"SECRET"}"#), (302, ""), (204, "")] {
            let source = try #require(
                try GitHubActionsIdentity(
                    environment: issuer.runnerEnvironment,
                    caller: ScriptedCaller(status: status, text)
                )
            )
            let failure = await #expect(throws: Failure.self) { try await source.token(audience: "sigstore") }
            #expect(failure?.kind == .network)
            #expect(failure.map { !"\($0)".contains("SECRET") && "\($0)".contains("\(status)") } == true)
        }
    }
}
