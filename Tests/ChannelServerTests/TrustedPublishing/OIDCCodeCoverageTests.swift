// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore
import TrustPolicy

@testable import ChannelServer

@Suite("Refusal codes of trusted publishing")
struct OIDCCodeCoverageTests {
    @Test("Every code says what, why, and what to do", arguments: OIDCCode.allCases)
    func entry(_ code: OIDCCode) {
        #expect(code.defects(in: "oidc.").isEmpty)
    }

    @Test("Each code is provoked by the smallest input", arguments: OIDCCode.allCases)
    func provoked(_ code: OIDCCode) async throws {
        let provocation = try #require(Self.provocations[code])
        #expect(try await provocation(try await PublishingScene.published()) == code.rawValue)
    }

    typealias Provocation = @Sendable (PublishingScene) async throws -> String?

    static let provocations: [OIDCCode: Provocation] = ForgedTokenTests.all.reduce(into: others) {
        table,
        forgery in
        guard let code = OIDCCode(rawValue: forgery.code), table[code] == nil else { return }
        table[code] = { try await $0.code(forgery.make($0)) }
    }

    private static let others: [OIDCCode: Provocation] = [
        .request: { PublishingScene.code(of: try await $0.post([], to: "/api/oidc/mint_token")) },
        .tokenInQuery: {
            PublishingScene.code(of: try await $0.post([], to: "/api/oidc/mint_token?token=x"))
        },
        .replayed: { scene in
            let token = scene.issuer.token(scene.claims())
            _ = try await scene.code(token)
            return try await scene.code(token)
        },
        .ref: { scene in
            let scene = try await PublishingScene()
            _ = try await scene.add { $0.ref = .exactly("refs/heads/main") }
            return try await scene.code(claims: [:])
        },
        .environment: { scene in
            let scene = try await PublishingScene()
            _ = try await scene.add { $0.environment = "release" }
            return try await scene.code(claims: [:])
        },
        .event: { try await $0.code(claims: ["event_name": "pull_request"]) },
        .provider: { scene in
            scene.issuer.fault { $0.configuration["issuer"] = .null }
            return try await scene.code(claims: [:])
        },
        .issuerFile: { _ in refusalCode { try TokenIssuers(json: Array(#"{"schema":1,"issuers":[]}"#.utf8)) }
        },
        .publisherForm: { scene in await refusalCode { try await scene.add([]) } },
        .publisherExists: { scene in await refusalCode { try await scene.add() } },
        .publisherUnknown: { scene in
            await refusalCode { try await scene.publishers.remove(7, of: scene.channel, by: nil) }
        },
        .packageExists: { scene in
            try await scene.publish("gadget", by: .anonymous)
            return await refusalCode { try await scene.add(["gadget"], pending: true) }
        },
    ]
}
