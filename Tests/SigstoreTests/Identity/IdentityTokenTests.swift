// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@testable import Sigstore

@Suite("Identity tokens")
struct IdentityTokenTests {
    @Test("The claims of a token are read, and its text is kept as it is")
    func reads() throws {
        let text = TokenSample.text()
        let token = try IdentityToken(text)
        #expect(token.text == text)
        #expect(token.issuer == "https://issuer.example.org" && token.subject == "somebody")
        #expect(token.audiences == ["sigstore"] && token.email == nil)
        #expect(token.expires == TokenSample.now.advanced(bySeconds: 60))
        #expect(token.notBefore == TokenSample.now)
        #expect(token.proofSubject == "somebody")
    }

    @Test("An audience may be a list, and each of it counts")
    func audiences() throws {
        let token = try TokenSample.token("aud", ["other", "sigstore"])
        try token.check(audience: "sigstore", now: TokenSample.now)
        try token.check(audience: "other", now: TokenSample.now)
        #expect(throws: Refusal.self) { try token.check(audience: "sigstor", now: TokenSample.now) }
    }

    @Test(
        "A token that is not exactly one is refused",
        arguments: [
            ("", "identity.token-form"), ("a.b", "identity.token-form"), ("a.b.c.d", "identity.token-form"),
            ("..", "json.syntax"), ("ghp_0123456789abcdef0123456789abcdef0123", "identity.token-form"),
            // Padding, the alphabet of plain base64, white space, and bits that are left over.
            ("e30=.e30.AQ", "identity.token-form"), ("e30.e30.A+_/", "identity.token-form"),
            ("e30.e30 .AQ", "identity.token-form"), ("e30.e30.AR", "identity.token-form"),
            ("e30.e30.A", "identity.token-form"), ("e30.e30.AQ\n", "identity.token-form"),
            // A header that is no object, or has no algorithm; a payload that is no object.
            ("W10.e30.AQ", "identity.token-form"), ("e30.e30.AQ", "identity.token-form"),
            (TokenSample.text(["alg": "ES256"], []), "identity.token-form"),
            (TokenSample.text(["alg": "ES256", "crit": ["b64"]]), "identity.token-form"),
            (TokenSample.text(["alg": "none"]), "identity.unsigned"),
            (TokenSample.text(["alg": "None"]), "identity.unsigned"),
            (TokenSample.text(["alg": "HS256"]), "identity.unsigned"),
            (TokenSample.text(["alg": ""]), "identity.unsigned"),
            (TokenSample.text(signature: []), "identity.unsigned"),
            (String(repeating: "a", count: 16_385), "limit.too-large"),
        ]
    )
    func form(text: String, code: String) {
        #expect(refusalCode { try IdentityToken(text) } == code)
    }

    @Test("A payload in which a name is there twice, or that is no UTF-8, is refused")
    func payload() {
        let header = SimulatedIssuer.part(JSONWriter.encode(TokenSample.header))
        for (payload, code) in [
            (Array(#"{"iss":"a","iss":"b"}"#.utf8), "json.duplicate-key"),
            ([0x22, 0xFF, 0x22], "json.encoding"),
            (Array(#"{} {}"#.utf8), "json.trailing-data"),
            (Array(String(repeating: "[", count: 100).utf8), "json.too-deep"),
        ] {
            let text = "\(header).\(SimulatedIssuer.part(payload)).AQ"
            #expect(refusalCode { try IdentityToken(text) } == code)
        }
    }

    @Test(
        "A claim that is missing, or not as it must be, is refused",
        arguments: [
            ("iss", .null), ("sub", .null), ("aud", .null), ("exp", .null), ("iss", ""), ("sub", 1),
            ("aud", []),
            ("aud", [1]), ("aud", [""]), ("aud", .array(Array(repeating: "a", count: 33))), ("exp", "1"),
            ("exp", -1), ("exp", true), ("nbf", "1"), ("email", 1), ("email", ""), ("nonce", 1),
            ("sub", .string(String(repeating: "a", count: 2049))), ("iss", "https://a\u{1B}[2J"),
            ("sub", "a\nb"),
        ] as [(String, JSONValue)]
    )
    func claim(name: String, value: JSONValue) {
        #expect(refusalCode { try TokenSample.token(name, value) } == "identity.claim")
    }

    @Test("A time with a fraction, or of no 64-bit integer, is refused")
    func times() {
        let header = SimulatedIssuer.part(JSONWriter.encode(TokenSample.header))
        for time in ["1.5", "1e3", "99999999999999999999"] {
            let payload = #"{"iss":"a","sub":"b","aud":"c","exp":\#(time)}"#
            let text = "\(header).\(SimulatedIssuer.part(Array(payload.utf8))).AQ"
            #expect(refusalCode { try IdentityToken(text) } == "identity.claim")
        }
    }

    @Test("Only an e-mail address that the issuer has verified counts")
    func email() throws {
        let claims = TokenSample.changed(TokenSample.claims, "email", "ada@example.org")
        for flag in [false, "false", "True", 1, .null, "true "] as [JSONValue] {
            let text = TokenSample.text(
                TokenSample.header,
                TokenSample.changed(claims, "email_verified", flag)
            )
            #expect(refusalCode { try IdentityToken(text) } == "identity.email-unverified")
        }
        for flag in [true, "true"] as [JSONValue] {
            let text = TokenSample.text(
                TokenSample.header,
                TokenSample.changed(claims, "email_verified", flag)
            )
            let token = try IdentityToken(text)
            #expect(token.email == "ada@example.org" && token.proofSubject == "ada@example.org")
        }
    }

    @Test(
        "A token is good for its audience and its time only, to the second",
        arguments: [
            ("sigstore", 0, nil), ("sigstore", 59, nil), ("sigstore", -60, nil),
            ("sigstore", 60, "identity.expired"), ("sigstore", 61, "identity.expired"),
            ("sigstore", -61, "identity.not-yet-valid"), ("Sigstore", 0, "identity.audience"),
            ("", 0, "identity.audience"), ("sigstore\u{301}", 0, "identity.audience"),
        ] as [(String, Int64, String?)]
    )
    func use(audience: String, delay: Int64, code: String?) throws {
        let token = try IdentityToken(TokenSample.text())
        let now = TokenSample.now.advanced(bySeconds: delay)
        #expect(refusalCode { try token.check(audience: audience, now: now) } == code)
    }

    @Test("No description, dump or interpolation of a token or of a source shows the token")
    func isNotShown() async throws {
        let issuer = SimulatedIssuer(now: TokenSample.now)
        let text = issuer.token(issuer.personClaims())
        let token = try IdentityToken(text)
        let given = try GivenIdentity(text)
        let runner = try #require(
            try GitHubActionsIdentity(environment: issuer.runnerEnvironment, caller: issuer)
        )
        var dumped = ""
        dump(token, to: &dumped)
        dump([token], to: &dumped)
        dump(given, to: &dumped)
        dump(runner, to: &dumped)
        dumped +=
            "\(token) \(String(reflecting: token)) \([token]) \(given) \(String(reflecting: given)) \(runner)"
        dumped += "\(String(reflecting: runner)) \(Mirror(reflecting: token).children.map { "\($0)" })"
        let signature = try #require(text.split(separator: ".").last)
        for secret in [text, String(signature), issuer.runnerSecret] { #expect(!dumped.contains(secret)) }
        #expect(dumped.contains(issuer.issuer))
    }
}
