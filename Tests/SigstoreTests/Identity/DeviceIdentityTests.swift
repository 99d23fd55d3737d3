// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@testable import Sigstore

@Suite("A login on another device")
struct DeviceIdentityTests {
    private let scene = LoginScene()

    @Test("The user is told the page and the code, and the token is the person's")
    func logsIn() async throws {
        let token = try await scene.device()
        #expect(token.email == "ada@example.org")
        let expected = DeviceIdentity.Prompt(
            page: "https://issuer.example.org/device",
            code: "WDJB-MJHT",
            completePage: "https://issuer.example.org/device?user_code=WDJB-MJHT",
            seconds: 300
        )
        #expect(scene.seen.prompts == [expected] && scene.seen.pauses == [.seconds(5)])
    }

    @Test(
        "The program asks as often as it may, and more slowly when it is told to",
        arguments: [
            (["authorization_pending", "authorization_pending"], 5, [5, 5, 5]),
            (["slow_down", "authorization_pending"], 5, [5, 10, 10]),
            (["slow_down", "slow_down"], 1, [1, 6, 11]),
            (["authorization_pending"], nil, [5, 5]), (["slow_down"], 3_600, [60, 60]),
        ] as [([String], Int64?, [Int64])]
    )
    func pauses(answers: [String], interval: Int64?, pauses: [Int64]) async throws {
        scene.issuer.fault {
            $0.deviceAnswers = answers
            $0.interval = interval
        }
        _ = try await scene.device()
        #expect(scene.seen.pauses == pauses.map { .seconds($0) })
    }

    @Test(
        "A login that is refused or too late ends without a token",
        arguments: [
            (["authorization_pending", "access_denied"], Failure.Kind.cancelled, "refused"),
            (["expired_token"], .cancelled, "in time"), (["invalid_grant"], .network, "invalid_grant"),
            (["SECRET"], .network, "status 400"),
        ]
    )
    func ends(answers: [String], kind: Failure.Kind, words: String) async {
        scene.issuer.fault { $0.deviceAnswers = answers }
        let failure = await #expect(throws: Failure.self) { try await scene.device() }
        #expect(failure?.kind == kind && failure?.message.contains(words) == true)
        #expect(failure.map { !"\($0)".contains("SECRET") } == true)
    }

    @Test("The program gives up when the provider's time is over, and after half an hour in any case")
    func isBounded() async {
        scene.issuer.fault {
            $0.deviceAnswers = Array(repeating: "authorization_pending", count: 10_000)
            $0.deviceLifetime = 12
        }
        let failure = await #expect(throws: Failure.self) { try await scene.device() }
        #expect(failure?.kind == .cancelled && scene.seen.pauses.count == 2)
        scene.issuer.fault { $0.deviceLifetime = .max }
        _ = await #expect(throws: Failure.self) { try await scene.device() }
        #expect(scene.seen.pauses.count == 2 + 360)
    }

    @Test("No answer is a reason to ask more slowly")
    func noAnswer() throws {
        var grant = try DeviceGrant(Self.fields([:]))
        #expect(try grant.token(in: nil) == nil)
        #expect(try grant.nextPause() == 10)
    }

    @Test("A token of another issuer or audience is refused")
    func token() async {
        scene.issuer.fault { $0.claims["iss"] = "https://other.example" }
        #expect(await refusalCode { try await scene.device() } == "identity.issuer")
        scene.issuer.fault { $0.claims = ["aud": "other"] }
        #expect(await refusalCode { try await scene.device() } == "identity.audience")
    }

    @Test(
        "What the user would be led to by a strange answer is not shown",
        arguments: [
            ("device_code", .null), ("user_code", .null), ("user_code", "A\u{1B}[2J"),
            ("user_code", "enter it"),
            ("user_code", .string(String(repeating: "A", count: 65))), ("verification_uri", .null),
            ("verification_uri", "http://example.org/"), ("verification_uri", "javascript:alert(1)"),
            ("verification_uri_complete", "https://a@b/"), ("expires_in", .null), ("expires_in", 0),
            ("expires_in", "60"), ("interval", -1), ("interval", "5"),
        ] as [(String, JSONValue)]
    )
    func strange(name: String, value: JSONValue) {
        #expect(refusalCode { try DeviceGrant(Self.fields([name: value])) } == "identity.answer")
    }

    @Test("The name that an old draft has for the page is read, too")
    func oldName() throws {
        let fields = try Self.fields([
            "verification_uri": .null, "verification_url": "https://a.example/device",
        ])
        #expect(try DeviceGrant(fields).prompt.page == "https://a.example/device")
    }

    private static func fields(_ changes: [String: JSONValue]) throws -> ServiceAnswer.Fields {
        var value: JSONValue = [
            "device_code": "d", "user_code": "WDJB-MJHT", "verification_uri": "https://a.example/",
            "expires_in": 60, "interval": 5,
        ]
        for (name, change) in changes { value = TokenSample.changed(value, name, change) }
        return try ServiceAnswer(
            ServiceResponse(status: 200, body: JSONWriter.encode(value)),
            of: "a provider"
        )
        .success()
    }
}
