// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@testable import Sigstore

/// For each code the smallest change of a good input that provokes it.
@Suite("Every refusal of an identity has an input that provokes it")
struct IdentityCodeCoverageTests {
    typealias Provocation = @Sendable () async throws -> Void

    @Test("Exactly this code", arguments: IdentityCode.allCases)
    func code(_ code: IdentityCode) async throws {
        let provocations = try #require(Self.table[code])
        #expect(!provocations.isEmpty)
        for provocation in provocations {
            #expect(await refusalCode { try await provocation() } == code.rawValue)
        }
    }

    @Test("Every code says what, why, and what to do", arguments: IdentityCode.allCases)
    func entry(_ code: IdentityCode) {
        #expect(code.defects(in: "identity.").isEmpty)
    }

    @Test(
        "A configuration that leads secrets elsewhere, or calls itself by another name, is refused",
        arguments: [
            ("issuer", "https://issuer.example.org/", "identity.issuer"),
            ("issuer", "https://ISSUER.example.org", "identity.issuer"), ("issuer", .null, "identity.answer"),
            ("issuer", 1, "identity.answer"), ("token_endpoint", .null, "identity.answer"),
            ("token_endpoint", "http://issuer.example.org/token", "identity.provider"),
            ("authorization_endpoint", "javascript:alert(1)", "identity.provider"),
            ("device_authorization_endpoint", "ftp://a", "identity.provider"),
            ("code_challenge_methods_supported", ["plain"], "identity.provider"),
            ("code_challenge_methods_supported", [], "identity.provider"),
        ] as [(String, JSONValue, String)]
    )
    func configuration(name: String, value: JSONValue, code: String) async {
        let issuer = SimulatedIssuer(now: TokenSample.now)
        issuer.fault { $0.configuration[name] = value }
        #expect(await refusalCode { try await IdentityProvider.discover(issuer.issuer, by: issuer) } == code)
    }

    @Test("A configuration that says nothing of challenges, or has one kind of login only, will do")
    func enough() async throws {
        let scene = LoginScene()
        scene.issuer.fault {
            $0.configuration["code_challenge_methods_supported"] = .null
            $0.configuration["device_authorization_endpoint"] = .null
        }
        _ = try await scene.browser()
        let noDevice = await #expect(throws: Failure.self) { try await scene.device() }
        #expect(noDevice?.remedy?.contains("browser") == true)
        scene.issuer.fault { $0.configuration = ["authorization_endpoint": .null] }
        _ = try await scene.device()
        let noBrowser = await #expect(throws: Failure.self) { try await scene.browser() }
        #expect(noBrowser?.remedy?.contains("device") == true)
    }

    @Test("An issuer is asked by its own address, with and without a slash at its end")
    func address() async throws {
        for (issuer, asked) in [
            ("https://a.example/auth", "https://a.example/auth/.well-known/openid-configuration"),
            ("https://a.example/", "https://a.example/.well-known/openid-configuration"),
        ] {
            let caller = ScriptedCaller { request in
                #expect(request.url == asked)
                return ServiceResponse(status: 404)
            }
            let failure = await #expect(throws: Failure.self) {
                try await IdentityProvider.discover(issuer, by: caller)
            }
            #expect(failure?.kind == .network)
        }
    }

    private static func login(_ fault: @escaping @Sendable (inout SimulatedIssuer.Faults) -> Void)
        -> Provocation
    {
        {
            let scene = LoginScene()
            scene.issuer.fault(fault)
            _ = try await scene.browser()
        }
    }

    private static func discover(_ issuer: String) -> Provocation {
        { _ = try await IdentityProvider.discover(issuer, by: ScriptedCaller(status: 200, "{}")) }
    }

    private static func use(after seconds: Int64, audience: String = "sigstore") -> Provocation {
        {
            let now = TokenSample.now.advanced(bySeconds: seconds)
            try IdentityToken(TokenSample.text()).check(audience: audience, now: now)
        }
    }

    private static let table: [IdentityCode: [Provocation]] = [
        .tokenForm: [{ _ = try IdentityToken("a.b") }],
        .unsigned: [{ _ = try IdentityToken(TokenSample.text(["alg": "none"])) }],
        .claim: [{ _ = try TokenSample.token("sub", .null) }],
        .emailUnverified: [
            { _ = try TokenSample.token("email", "ada@example.org") },
            {
                let scene = LoginScene()
                scene.issuer.be { $0.isVerified = false }
                _ = try await scene.browser()
            },
        ],
        .audience: [use(after: 0, audience: "other")],
        .expired: [use(after: 60)],
        .notYetValid: [use(after: -61)],
        .issuer: [login { $0.configuredIssuer = "https://other.example" }],
        .provider: [
            discover("http://issuer.example.org"), discover("https://issuer.example.org/?a=b"),
            discover("issuer.example.org"), discover("https://issuer.example.org/#a"),
        ],
        .answer: [discover("https://issuer.example.org")],
        .state: [login { $0.state = "other" }],
        .nonce: [login { $0.claims["nonce"] = "other" }],
    ]
}
