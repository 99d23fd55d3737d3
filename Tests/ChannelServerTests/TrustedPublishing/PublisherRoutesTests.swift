// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import HTTPTypes
import HummingbirdTesting
import NIOCore
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("A channel's publishers over HTTP")
struct PublisherRoutesTests {
    private static let path = "/api/v1/channels/main/publishers"
    private static let good: JSONValue = [
        "packages": ["widget", "lab-*"], "issuer": "https://token.actions.githubusercontent.com",
        "repository": "example/widget", "repository_id": "1001", "owner_id": "2002",
        "workflow": "release.yml",
        "environment": "release", "ref": "refs/tags/*",
    ]

    private static func ask(
        _ scene: PublishingScene,
        _ method: HTTPRequest.Method,
        _ path: String = path,
        _ body: JSONValue? = nil,
        user: String? = "alice"
    ) async throws -> TestResponse {
        try await scene.server.ask(
            [AdministrationRoutes(parts: scene.server.parts)],
            method,
            path,
            headers: user.map { [.authorization: "Bearer \($0)"] } ?? [:],
            body: body.map { JSONWriter.encode($0) }
        )
    }

    @Test("One is named, listed, and taken away, and the log says by whom")
    func life() async throws {
        let scene = try await PublishingScene()
        let made = try await Self.ask(scene, .post, Self.path, Self.good)
        #expect(made.status == .created)
        #expect(String(buffer: made.body).contains(#""workflow":".github/workflows/release.yml""#))
        let list = try await Self.ask(scene, .get)
        #expect(String(buffer: list.body) == #"{"publishers":["# + String(buffer: made.body) + "]}")
        #expect(
            PublishingScene.code(of: try await Self.ask(scene, .post, Self.path, Self.good))
                == "oidc.publisher-exists"
        )
        #expect(try await scene.code(claims: ["environment": "release"]) == nil)
        #expect(try await Self.ask(scene, .delete, Self.path + "/1").status == .ok)
        let again = try await Self.ask(scene, .delete, Self.path + "/1")
        #expect(PublishingScene.code(of: again) == "oidc.publisher-unknown")
        #expect(try await scene.logged() == ["publisher-change add 1", "publisher-change remove 1"])
        #expect(scene.server.changes == 2)
    }

    @Test("Claims are tried, without a token and without a key")
    func tried() async throws {
        let scene = try await PublishingScene.published()
        let fits = try await Self.ask(
            scene,
            .post,
            Self.path + "/test",
            ["claims": .object(scene.issuer.workflowClaims(audience: "anything"))]
        )
        #expect(fits.status == .ok && String(buffer: fits.body).contains(#""fits":true"#))
        let stranger = try await Self.ask(scene, .post, Self.path + "/test", ["claims": [:]], user: nil)
        #expect(PublishingScene.code(of: stranger) == "server.channel-unknown")
        #expect(
            PublishingScene.code(of: try await Self.ask(scene, .post, Self.path + "/test", ["claims": [:]]))
                == "oidc.claim"
        )
    }

    @Test("Who may not manage publishers learns nothing, and changes nothing")
    func strangers() async throws {
        let scene = try await PublishingScene.published()
        let answers = [
            try await Self.ask(scene, .get, user: nil),
            try await Self.ask(scene, .post, Self.path, Self.good, user: nil),
            try await Self.ask(scene, .delete, Self.path + "/1", user: nil),
            try await Self.ask(scene, .delete, Self.path + "/2", user: nil),
            try await Self.ask(scene, .get, "/api/v1/channels/none/publishers"),
        ]
        #expect(answers.map(PublishingScene.code) == Array(repeating: "server.channel-unknown", count: 5))
        #expect(try await scene.publishers.list(scene.channel).count == 1)
    }

    @Test("A publisher of another channel is not taken away through this one")
    func otherChannel() async throws {
        let scene = try await PublishingScene.published()
        _ = try await scene.server.channel("other")
        let answer = try await Self.ask(scene, .delete, "/api/v1/channels/other/publishers/1")
        #expect(PublishingScene.code(of: answer) == "oidc.publisher-unknown")
        #expect(try await scene.code(claims: [:]) == nil)
    }

    @Test("A description that demands too little, or what nobody understands, is refused", arguments: faulty)
    func refused(_ changes: [String: JSONValue], _ code: String) async throws {
        let scene = try await PublishingScene()
        var object = Self.good.object ?? JSONObject()
        for (name, value) in changes { object[name] = value == .null ? nil : value }
        let answer = try await Self.ask(scene, .post, Self.path, .object(object))
        #expect(PublishingScene.code(of: answer) == code)
        #expect(try await scene.publishers.list(scene.channel).isEmpty)
    }

    private static let faulty: [([String: JSONValue], String)] = [
        (["repository": .null], "oidc.publisher-form"), (["repository": "widget"], "oidc.publisher-form"),
        (["repository": "example/*"], "oidc.publisher-form"),
        (["repository": "a/b/c"], "oidc.publisher-form"),
        (["repository_id": .null], "oidc.publisher-form"), (["repository_id": "x"], "oidc.publisher-form"),
        (["repository_id": "01"], "oidc.publisher-form"), (["owner_id": .null], "oidc.publisher-form"),
        (["workflow": .null], "oidc.publisher-form"), (["workflow": "a/b.yml"], "oidc.publisher-form"),
        (["workflow": ".github/workflows/a/b.yml"], "oidc.publisher-form"),
        (["workflow": ".github/workflows/"], "oidc.publisher-form"),
        (["subject": "x"], "oidc.publisher-form"),
        (["ref": "v*"], "oidc.publisher-form"), (["environment": ""], "oidc.publisher-form"),
        (["environment": "a\nb"], "oidc.publisher-form"), (["packages": []], "oidc.publisher-form"),
        (["packages": ["w*"]], "oidc.publisher-form"), (["pending": true], "oidc.publisher-form"),
        (["enviroment": "release"], "oidc.publisher-form"),
        (["issuer": "https://evil.example.net"], "oidc.publisher-form"),
        (["packages": "widget"], "json.shape"), (["repository_id": 1001], "json.shape"),
    ]
}
