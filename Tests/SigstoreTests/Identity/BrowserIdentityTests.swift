// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@testable import Sigstore

@Suite("A login in the browser")
struct BrowserIdentityTests {
    private let scene = LoginScene()

    @Test("The token of a login is the person's, and all of the login is bound together")
    func logsIn() async throws {
        let token = try await scene.browser()
        #expect(token.email == "ada@example.org")
        let page = try #require(scene.seen.pages.first)
        let fields = try #require(FormFields(parsing: String(page.split(separator: "?")[1])))
        let exchange = try #require(scene.seen.requests.last)
        let form = try #require(FormFields(parsing: String(decoding: exchange.body, as: UTF8.self)))
        #expect(fields["response_type"] == "code" && fields["code_challenge_method"] == "S256")
        #expect(fields["nonce"] == token.nonce && fields["scope"] == "openid email")
        #expect(form["redirect_uri"] == fields["redirect_uri"] && form["client_id"] == "sigstore")
        let secrets = [fields["state"], fields["nonce"], form["code_verifier"], fields["code_challenge"]]
        #expect(Set(secrets).count == 4 && secrets.allSatisfy { $0?.utf8.count == 43 })
        #expect(!page.contains(try #require(form["code_verifier"])))
        #expect(scene.seen.verdict == true && scene.seen.isClosed)
    }

    @Test("The challenge is the one of RFC 7636, appendix B")
    func challenge() {
        let bytes: [UInt8] = [
            116, 24, 223, 180, 151, 153, 224, 37, 79, 250, 96, 125, 216, 173, 187, 186, 22, 212, 37, 77, 105,
            214, 191, 240, 91, 88, 5, 88, 83, 132, 141, 121,
        ]
        let secrets = LoginSecrets { _ in bytes }
        #expect(secrets.verifier == "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
        #expect(secrets.challenge == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
    }

    @Test(
        "An answer that is not this login's is refused",
        arguments: [
            ("state=", "identity.state"), ("code=abc", "identity.state"),
            ("state=other&code=abc", "identity.state"),
            ("error=access_denied", "identity.state"), ("", "identity.state"),
            ("state=%zz&code=abc", "identity.answer"), ("state=a&state=a&code=abc", "identity.answer"),
        ]
    )
    func foreign(query: String, code: String) async {
        #expect(await refusalCode { try await scene.browser(changing: { _ in query }) } == code)
        #expect(scene.seen.verdict == false && scene.seen.isClosed)
        // The code was sent nowhere.
        #expect(scene.seen.requests.count == 1)
    }

    @Test("A state that differs in one character is refused")
    func state() async {
        scene.issuer.fault { $0.state = String(repeating: "A", count: 43) }
        #expect(await refusalCode { try await scene.browser() } == "identity.state")
    }

    @Test("An answer without a code, with a code twice, or of another provider is refused")
    func answer() async {
        let changes: [(@Sendable (String) -> String, String)] = [
            ({ @Sendable in String($0.prefix { $0 != "&" }) }, "identity.answer"),
            ({ @Sendable in $0 + "&code=other" }, "identity.answer"),
            ({ @Sendable in $0 + "&iss=https%3A%2F%2Fother.example" }, "identity.issuer"),
        ]
        for (change, code) in changes {
            #expect(await refusalCode { try await scene.browser(changing: change) } == code)
        }
    }

    @Test("A provider that says in its answer who it is, and is it, is right")
    func ownName() async throws {
        let name = PercentEncoding.segment(scene.issuer.issuer)
        _ = try await scene.browser(changing: { $0 + "&iss=\(name)" })
    }

    @Test("A token of another login, or without the login's nonce, is refused")
    func nonce() async {
        for nonce in [.null, "other", ""] as [JSONValue] {
            scene.issuer.fault { $0.claims["nonce"] = nonce }
            let code = await refusalCode { try await scene.browser() }
            #expect(code == (nonce == "" ? "identity.claim" : "identity.nonce"))
        }
    }

    @Test("A token of another issuer or for another client is refused")
    func token() async {
        scene.issuer.fault { $0.claims["iss"] = "https://issuer.example.org/" }
        #expect(await refusalCode { try await scene.browser() } == "identity.issuer")
        scene.issuer.fault { $0.claims = ["aud": "other"] }
        #expect(await refusalCode { try await scene.browser() } == "identity.audience")
        scene.issuer.fault { $0.claims = [:] }
        #expect(await refusalCode { try await scene.browser(audience: "other") } == "identity.audience")
    }

    @Test("A code is worth nothing without what its login began with")
    func stolen() async throws {
        let mine = LoginScene()
        _ = try await mine.browser()
        // The thief has the code of somebody else's login, and brings it with a state of his own.
        let page = try #require(mine.seen.pages.first)
        let stolen = try mine.issuer.browse(page).split(separator: "code=").last.map(String.init) ?? ""
        let failure = await #expect(throws: Failure.self) {
            try await mine.browser(changing: { $0.replacing(/code=.*/, with: "code=\(stolen)") })
        }
        #expect(failure?.message.contains("invalid_grant") == true)
    }

    @Test(
        "A login that the person or the provider refuses ends without a token, and foreign words are not quoted"
    )
    func refused() async {
        for (error, kind, words) in [
            ("access_denied", Failure.Kind.cancelled, "refused"), ("server_error", .network, "server_error"),
            ("SECRET", .network, "could not log you in"),
        ] {
            scene.issuer.fault { $0.loginError = error }
            let failure = await #expect(throws: Failure.self) { try await scene.browser() }
            #expect(failure?.kind == kind && failure?.message.contains(words) == true)
            #expect(failure.map { !"\($0)".contains("SECRET") } == true)
        }
    }

    @Test("A login that nobody finishes ends, and the port is given back")
    func nobody() async {
        let failure = await #expect(throws: Failure.self) { try await scene.browser(client: "unknown") }
        #expect(failure?.kind == .cancelled && scene.seen.isClosed)
    }
}
