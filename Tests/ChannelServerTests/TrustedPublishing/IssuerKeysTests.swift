// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing
import Transport
import TrustCore

@testable import ChannelServer

@Suite("Issuers' keys")
struct IssuerKeysTests {
    private static func asked(_ scene: PublishingScene) -> Int {
        scene.issuer.asked.filter { $0 == "/keys" }.count
    }

    @Test("Keys are fetched once, and anew after a quarter of an hour")
    func cached() async throws {
        let scene = try await PublishingScene.published()
        for _ in 0..<3 { #expect(try await scene.code(claims: [:]) == nil) }
        #expect(Self.asked(scene) == 1)
        scene.server.advance(seconds: 899)
        #expect(try await scene.code(claims: [:]) == nil)
        #expect(Self.asked(scene) == 1)
        scene.server.advance(seconds: 1)
        #expect(try await scene.code(claims: [:]) == nil)
        #expect(Self.asked(scene) == 2)
    }

    @Test(
        "A new key counts a minute after the last question at the latest; one that is withdrawn after the next"
    )
    func rotated() async throws {
        let scene = try await PublishingScene.published()
        #expect(try await scene.code(claims: [:]) == nil)
        let old = scene.issuer.signingKey, new = SimulatedTokenKey.rs256("key-2", number: 1)
        scene.issuer.use([new])
        #expect(try await scene.code(claims: [:]) == "oidc.key")
        #expect(try await scene.code(old.token(scene.claims())) == nil)
        #expect(Self.asked(scene) == 1)
        scene.server.advance(seconds: 60)
        #expect(try await scene.code(claims: [:]) == nil)
        #expect(Self.asked(scene) == 2)
        #expect(try await scene.code(old.token(scene.claims())) == "oidc.key")
    }

    @Test("Whoever names unknown keys has the issuer asked once a minute, however many they are")
    func flood() async throws {
        let scene = try await PublishingScene.published()
        let forged = (0..<40).map { SimulatedTokenKey.es256("no-\($0)").token(scene.claims()) }
        let codes = try await withThrowingTaskGroup(of: String?.self) { group in
            for token in forged { group.addTask { try await scene.code(token) } }
            var codes: Set<String?> = []
            for try await code in group { codes.insert(code) }
            return codes
        }
        #expect(codes == ["oidc.key"])
        #expect(Self.asked(scene) == 1)
        scene.server.advance(seconds: 60)
        for token in forged.prefix(5) { _ = try await scene.code(token) }
        #expect(Self.asked(scene) == 2)
    }

    @Test("ES256 counts as well as RS256, each with its own key")
    func curves() async throws {
        let scene = try await PublishingScene.published()
        let curve = SimulatedTokenKey.es256("key-2")
        scene.issuer.use([curve, .rs256("key-1")])
        #expect(try await scene.code(claims: [:]) == nil)
        #expect(try await scene.code(SimulatedTokenKey.rs256("key-1").token(scene.claims())) == nil)
        #expect(
            try await scene.code(curve.token(scene.claims(), header: ["alg": "RS256"])) == "oidc.algorithm"
        )
        #expect(
            try await scene.code(curve.token(scene.claims(), header: ["kid": "key-1"])) == "oidc.algorithm"
        )
    }

    @Test(
        "With an issuer in trouble kept keys count for a day, and then the server says that it does not know",
        arguments: [
            .status(500), .status(404),
            .respond(status: 302, headers: [("Location", "https://evil.example.net")], body: []),
            .replace(Array("<html>".utf8)), .replace(Array(#"{"keys":[]}"#.utf8)),
            .replace([UInt8](repeating: 0x20, count: 300_000)),
        ] as [ServerBehaviour]
    )
    func trouble(_ behaviour: ServerBehaviour) async throws {
        let scene = try await PublishingScene.published()
        #expect(try await scene.code(claims: [:]) == nil)
        scene.issuer.fault { $0.keys = behaviour }
        scene.server.advance(seconds: 86_399)
        #expect(try await scene.code(claims: [:]) == nil)
        scene.server.advance(seconds: 1)
        let response = try await scene.send(scene.issuer.token(scene.claims()))
        #expect(response.status == .serviceUnavailable)
        // The issuer is well again, and is asked a minute after the last question.
        scene.issuer.fault { $0.keys = nil }
        scene.server.advance(seconds: 60)
        #expect(try await scene.code(claims: [:]) == nil)
    }

    @Test(
        "A configuration that names another issuer, or leads to keys without TLS, is refused",
        arguments: [
            ("issuer", "https://evil.example.net"), ("issuer", .null), ("jwks_uri", .null), ("jwks_uri", 1),
            ("jwks_uri", "http://token.actions.githubusercontent.com/keys"),
            ("jwks_uri", "http://127.0.0.1/keys"),
            ("jwks_uri", "file:///etc/passwd"),
        ] as [(String, JSONValue)]
    )
    func configuration(_ name: String, _ value: JSONValue) async throws {
        let scene = try await PublishingScene.published()
        scene.issuer.fault { $0.configuration[name] = value }
        let response = try await scene.send(scene.issuer.token(scene.claims()))
        #expect(PublishingScene.code(of: response) == "oidc.provider")
        #expect(response.status == .serviceUnavailable)
    }

    @Test("Keys that are not for tokens, too short, or of unknown sorts are left out")
    func unusable() async throws {
        let good = SimulatedTokenKey.rs256("good"), text = String(repeating: "A", count: 342)
        let others: [JSONValue] = [
            1, [:], ["kty": "oct", "kid": "a", "k": "c2VjcmV0"],
            ["kty": "RSA", "kid": "b", "n": "AQAB", "e": "AQAB"],
            ["kty": "RSA", "kid": "c", "n": .string(text), "e": "AQAB"],
            changed(good, "e", "AQ"), changed(good, "e", "BA"), changed(good, "use", "enc"),
            changed(good, "key_ops", ["sign"]), changed(good, "alg", "RS512"), changed(good, "kid", .null),
            changed(good, "kid", ""), changed(good, "n", "!"), changed(good, "kty", "EC"),
            ["kty": "EC", "crv": "P-256", "kid": "d", "x": "AQAB", "y": "AQAB"],
            ["kty": "EC", "crv": "P-384", "kid": "e", "x": "AQAB", "y": "AQAB"],
            changed(.es256("f"), "y", .string(String(repeating: "A", count: 43))),
        ]
        for key in others { #expect(await IssuerKey(key) == nil, "\(key)") }
        let set: JSONValue = ["keys": .array(others + [good.json])]
        #expect(try await IssuerKeySet(JSONWriter.encode(set), of: "x").keys(named: "good").count == 1)
        let tooMany: JSONValue = ["keys": .array(Array(repeating: good.json, count: 65))]
        #expect(
            await refusalCode { try await IssuerKeySet(JSONWriter.encode(tooMany), of: "x") }
                == "oidc.provider"
        )
    }

    private func changed(_ key: SimulatedTokenKey, _ name: String, _ value: JSONValue) -> JSONValue {
        var object = key.json.object ?? JSONObject()
        object[name] = value == .null ? nil : value
        return .object(object)
    }

    @Test("Over HTTP an endless answer ends at its limit, and one that never comes is one question for all")
    func network() async throws {
        let services = HTTPServiceCaller()
        let server = try ServerScene()
        let issuer = try await SimulatedIssuer.start(now: server.now)
        let known = TokenIssuer(issuer.issuer, .github)
        #expect(
            try await IssuerKeys(of: known, by: services).keys(named: "simulated", now: server.now).count == 1
        )
        issuer.fault { $0.keys = .endless }
        let endless = await refusalCode {
            try await IssuerKeys(of: known, by: services).keys(named: "simulated", now: server.now)
        }
        #expect(endless == "oidc.provider")
        await services.shutdown()
    }
}
