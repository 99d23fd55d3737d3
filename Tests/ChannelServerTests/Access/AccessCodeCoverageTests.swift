// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import HTTPTypes
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("Refusal codes of access")
struct AccessCodeCoverageTests {
    static let provocations: [AccessCode: @Sendable () async throws -> Void] = [
        .unknownKey: { _ = try await AccessScene().caller("ks-") },
        .credentialsNeeded: {
            let scene = try AccessScene()
            try await scene.access.demand(.operate, of: .anonymous, on: nil, package: nil)
        },
        .notAllowed: {
            let scene = try AccessScene()
            let caller = try await scene.caller(try await scene.userWithKey("alice"))
            try await scene.access.demand(.operate, of: caller, on: nil, package: nil)
        },
        .tooManyRequests: { throw RequestsTooFast(seconds: 1).refusal },
        .quotaExceeded: {
            let scene = try AccessScene(quota: ChannelQuota(files: 0))
            let channel = try await scene.scene.channel("main"), quotas = scene.scene.parts.quotas
            try await scene.database.read {
                try quotas.demand(0, in: channel, for: FilePublisher(.user, "alice"), $0)
            }
        },
        .userName: { _ = try UserName("") },
        .userExists: {
            let scene = try AccessScene()
            try await scene.user("alice")
            try await scene.user("alice")
        },
        .userUnknown: { try await administer(.delete, ["users", "nobody"]) },
        .keyUnknown: { try await administer(.delete, ["keys", "1"]) },
        .memberUnknown: {
            let scene = try AccessScene()
            _ = try await scene.scene.channel("main")
            try await administer(.delete, ["channels", "main", "members", "alice"], scene)
        },
        .lastAdministrator: {
            let scene = try AccessScene()
            try await scene.user("root", .administrator)
            try await administer(.delete, ["users", "root"], scene)
        },
    ]

    private static func administer(
        _ method: AdministrationRequest.Method,
        _ path: [String],
        _ scene: AccessScene? = nil
    ) async throws {
        let scene = try scene ?? AccessScene()
        _ = try await scene.administration().answer(AdministrationRequest(method, path), by: .ownerOfFolder)
    }

    @Test("Each code is provoked by the smallest input that breaks its rule", arguments: AccessCode.allCases)
    func eachCodeIsProvoked(code: AccessCode) async throws {
        let provocation = try #require(Self.provocations[code])
        #expect(await refusalCode { try await provocation() } == code.rawValue)
        #expect(code.defects(in: "access.") == [])
        #expect(code.httpStatus.kind == .clientError)
    }

    @Test(
        "Names of users are short and plain, and never `me`",
        arguments: [
            ("alice", true), ("a", true), ("0-_.", true), (String(repeating: "a", count: 64), true),
            ("men", true),
            ("", false), ("Alice", false), ("-a", false), (".", false), ("a b", false), ("a/b", false),
            ("ä", false),
            ("me", false), ("a\u{0}", false), ("a\n", false), (String(repeating: "a", count: 65), false),
        ]
    )
    func userNames(name: String, isOne: Bool) {
        #expect(refusalCode { try UserName(name) } == (isOne ? nil : "access.user-name"))
    }
}
