// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("Pending publishers")
struct PendingPublisherTests {
    private static let alice = Caller(holder: FilePublisher(.user, "alice"))

    @Test("One becomes a real one with the package's first file, and is one from then on")
    func settled() async throws {
        let scene = try await PublishingScene()
        let publisher = try await scene.add(pending: true)
        let key = try #require(try await scene.key(scene.issuer.token(scene.claims())))
        #expect(key.scopes.map(\.packages) == [["widget"]])
        try await scene.publish("widget", by: scene.caller(key))
        let known = try await scene.publishers.list(scene.channel)
        #expect(known.map(\.id) == [publisher.id] && known.map(\.isPending) == [false])
        #expect(try await scene.code(claims: [:]) == nil)
        try await scene.publish("widget", 2, by: scene.caller(key))
        #expect(try await scene.logged() == ["publisher-change add 1", "publisher-change settle 1"])
    }

    @Test("One that is overtaken by somebody else is gone, and so is the key that it was given")
    func overtaken() async throws {
        let scene = try await PublishingScene()
        _ = try await scene.add(pending: true)
        let key = try #require(try await scene.key(scene.issuer.token(scene.claims())))
        try await scene.publish("widget", by: Self.alice)
        #expect(try await scene.publishers.list(scene.channel).isEmpty)
        #expect(try await scene.server.database.read { try $0.accessKey(hash: key.hash) } == nil)
        #expect(try await scene.code(claims: [:]) == "oidc.no-publisher")
        #expect(try await scene.logged() == ["publisher-change add 1", "publisher-change overtake 1"])
    }

    @Test("Of two that wait for one package the first to publish it stays")
    func race() async throws {
        let scene = try await PublishingScene()
        _ = try await scene.add(pending: true)
        // A repository that took the name of one that was given up: jobs of both go by the same name.
        let second = try await scene.add(pending: true) { $0.repositoryID = "7" }
        let late = try #require(try await scene.key(scene.issuer.token(scene.claims())))
        let key = try #require(
            try await scene.key(scene.issuer.token(scene.claims(["repository_id": "7"])))
        )
        try await scene.publish("widget", by: scene.caller(key))
        let known = try await scene.publishers.list(scene.channel)
        #expect(known.map(\.id) == [second.id] && known.map(\.isPending) == [false])
        #expect(try await scene.server.database.read { try $0.accessKey(hash: late.hash) } == nil)
        #expect(try await scene.server.database.read { try $0.accessKey(hash: key.hash) } == key)
    }

    @Test("It is for that name only, and not for one that exists")
    func onlyThatName() async throws {
        let scene = try await PublishingScene()
        _ = try await scene.add(pending: true)
        let key = try #require(try await scene.key(scene.issuer.token(scene.claims())))
        // Another package's first file changes nothing.
        try await scene.publish("gadget", by: scene.caller(key))
        #expect(try await scene.publishers.list(scene.channel).map(\.isPending) == [true])
        #expect(await refusalCode { try await scene.add(["gadget"], pending: true) } == "oidc.package-exists")
        for packages in [["a", "b"], ["lab-*"], ["*"], []] {
            #expect(
                await refusalCode { try await scene.add(packages, pending: true) } == "oidc.publisher-form"
            )
        }
    }

    @Test("One whose package appeared without a word to it gives no key")
    func withoutHook() async throws {
        let scene = try await PublishingScene()
        try await scene.publish("gadget", by: Self.alice)
        let (channel, now) = (scene.channel.id, scene.server.now)
        try await scene.server.database.write { transaction in
            _ = try transaction.insertPublisher(
                of: channel,
                try TrustedPublisher.patterns(["gadget"], isPending: true),
                try PublishingScene.demand.check(by: .usual),
                isPending: true,
                created: now
            )
        }
        #expect(try await scene.code(claims: [:]) == "oidc.no-publisher")
    }
}
