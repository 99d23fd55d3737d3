// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import HTTPTypes
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("The administration over HTTP")
struct AdministrationTests {
    /// A server with an administrator.
    private static func world() async throws -> (scene: AccessScene, root: String) {
        let scene = try AccessScene()
        return (scene, try await scene.userWithKey("root", .administrator))
    }

    /// The members of an object.
    private static func object(_ value: JSONValue) -> JSONObject { value.object ?? JSONObject() }

    /// A step: who asks what, and what comes of it.
    private typealias Step = (
        key: String?, method: HTTPRequest.Method, path: String, body: String?, outcome: String
    )

    /// Asks, and compares the status, and the code of a refusal.
    private static func walk(_ scene: AccessScene, _ steps: [Step]) async throws {
        for (number, step) in steps.enumerated() {
            let answer = try await scene.ask(step.method, step.path, key: step.key, step.body)
            let code = answer.body["code"]?.string.map { " \($0)" } ?? ""
            #expect("\(answer.status)\(code)" == step.outcome, "\(number): \(step.method) \(step.path)")
        }
    }

    @Test("Users come and go, and their names never come again")
    func users() async throws {
        let (scene, root) = try await Self.world()
        let alice = try await scene.userWithKey("alice")
        try await Self.walk(
            scene,
            [
                (nil, .get, "users", nil, "401 access.credentials-needed"),
                (alice, .get, "users", nil, "403 access.not-allowed"),
                (alice, .post, "users", #"{"name":"bob"}"#, "403 access.not-allowed"),
                (root, .post, "users", #"{"name":"bob"}"#, "201"),
                (root, .post, "users", #"{"name":"bob"}"#, "409 access.user-exists"),
                (root, .post, "users", #"{"name":"Bob"}"#, "400 access.user-name"),
                (root, .post, "users", #"{"name":"carol","role":"king"}"#, "400 server.request-malformed"),
                (root, .post, "users", #"{"name":"#, "400 server.request-malformed"),
                (root, .post, "users", "[]", "400 server.request-malformed"),
                (root, .get, "users/alice", nil, "200"),
                (alice, .get, "users/me", nil, "200"),
                (alice, .get, "users/alice", nil, "200"),
                (alice, .get, "users/bob", nil, "403 access.not-allowed"),
                (alice, .get, "users/nobody", nil, "403 access.not-allowed"),
                (nil, .get, "users/me", nil, "401 access.credentials-needed"),
                (alice, .put, "users/alice", #"{"role":"administrator"}"#, "403 access.not-allowed"),
                (root, .put, "users/alice", #"{"role":"operator"}"#, "200"),
                (root, .put, "users/alice", "{}", "400 server.request-malformed"),
                (root, .put, "users/alice", #"{"role":null}"#, "200"),
                (root, .put, "users/root", #"{"role":null}"#, "409 access.last-administrator"),
                (root, .delete, "users/root", nil, "409 access.last-administrator"),
                (alice, .delete, "users/alice", nil, "403 access.not-allowed"),
                (root, .delete, "users/alice", nil, "200"),
                (alice, .get, "users/me", nil, "401 access.unknown-key"),
                (root, .delete, "users/alice", nil, "404 access.user-unknown"),
                (root, .post, "users", #"{"name":"alice"}"#, "409 access.user-exists"),
            ]
        )
        let answer = try await scene.ask(.get, "users", key: root)
        let names = answer.body["users"]?.array?.compactMap { $0.object?["name"]?.string }
        #expect(names == ["alice", "bob", "root"])
    }

    @Test("A secret is in the answer that makes its key, and in no other")
    func secrets() async throws {
        let (scene, root) = try await Self.world()
        try await scene.user("alice")
        let made = try await scene.ask(.post, "keys", key: root, #"{"user":"alice","label":"laptop"}"#)
        let secret = try #require(made.body["secret"]?.string)
        #expect(secret.utf8.count == 67 && secret.hasPrefix("ks-"))
        #expect(try await scene.caller(secret).holder == FilePublisher(.user, "alice"))
        for path in ["keys", "keys?user=alice", "keys?user=*", "users", "users/alice"] {
            let answer = try await scene.ask(.get, path, key: root)
            let text = String(decoding: JSONWriter.encode(.object(answer.body)), as: UTF8.self)
            #expect(answer.status == 200)
            #expect(!text.contains(secret.dropFirst(3)) && !text.contains(Digest.of(Array(secret.utf8)).hex))
        }
    }

    @Test("Keys are made and revoked by whoever holds them, and for others by administrators")
    func keys() async throws {
        let (scene, root) = try await Self.world()
        let alice = try await scene.userWithKey("alice"), bob = try await scene.userWithKey("bob")
        // root's key is 1, alice's 2, bob's 3.
        try await Self.walk(
            scene,
            [
                (nil, .post, "keys", "{}", "401 access.credentials-needed"),
                (nil, .get, "keys", nil, "401 access.credentials-needed"),
                (alice, .post, "keys", "{}", "201"),
                (alice, .post, "keys", #"{"user":"alice"}"#, "201"),
                (alice, .post, "keys", #"{"user":"bob"}"#, "403 access.not-allowed"),
                (alice, .post, "keys", #"{"user":"nobody"}"#, "403 access.not-allowed"),
                (root, .post, "keys", #"{"user":"nobody"}"#, "404 access.user-unknown"),
                (
                    alice, .post, "keys", #"{"expires":"2020-01-01T00:00:00Z"}"#,
                    "400 server.request-malformed"
                ),
                (alice, .post, "keys", #"{"scopes":[]}"#, "400 server.request-malformed"),
                (alice, .post, "keys", #"{"scopes":[{"actions":[]}]}"#, "400 server.request-malformed"),
                (alice, .post, "keys", #"{"scopes":[{"packages":[]}]}"#, "400 server.request-malformed"),
                (alice, .post, "keys", #"{"scopes":[{"actions":["fly"]}]}"#, "400 server.request-malformed"),
                (alice, .post, "keys", #"{"scopes":[{"channel":"x"}]}"#, "404 server.channel-unknown"),
                (alice, .get, "keys", nil, "200"),
                (alice, .get, "keys?user=bob", nil, "403 access.not-allowed"),
                (alice, .get, "keys?user=*", nil, "403 access.not-allowed"),
                (alice, .delete, "keys/3", nil, "404 access.key-unknown"),
                (alice, .delete, "keys/99", nil, "404 access.key-unknown"),
                (alice, .delete, "keys/x", nil, "404 access.key-unknown"),
                (nil, .delete, "keys/3", nil, "401 access.credentials-needed"),
                (alice, .delete, "keys/4", nil, "200"),
                (bob, .delete, "keys/3", nil, "200"),
                (bob, .get, "keys", nil, "401 access.unknown-key"),
                (root, .delete, "keys/2", nil, "200"),
                (alice, .get, "keys", nil, "401 access.unknown-key"),
            ]
        )
    }

    @Test("A limited key makes no keys, and revokes none but itself")
    func limitedKeys() async throws {
        let (scene, _) = try await Self.world()
        _ = try await scene.scene.channel("main")
        let alice = try await scene.userWithKey("alice")
        for scope in [
            #"{"channel":"main"}"#, #"{"actions":["read"]}"#, #"{"packages":["a"]}"#,
            #"{"actions":["manage-users","read"]}"#,
        ] {
            let made = try await scene.ask(.post, "keys", key: alice, #"{"scopes":[\#(scope)]}"#)
            let key = try #require(made.body["secret"]?.string), id = try #require(made.body["id"]?.integer)
            try await Self.walk(
                scene,
                [
                    (key, .post, "keys", "{}", "403 access.not-allowed"),
                    (key, .delete, "keys/2", nil, "404 access.key-unknown"),
                    (key, .delete, "keys/\(id)", nil, "200"),
                    (key, .get, "users/me", nil, "401 access.unknown-key"),
                ]
            )
        }
        #expect(try await scene.caller(alice).scopes == nil)
        // An administrator's limited key is no way to an unlimited one either.
        let root = try await scene.key(
            for: FilePublisher(.user, "root"),
            [AccessScope(actions: [.manageUsers], channel: nil, packages: nil)]
        )
        try await Self.walk(
            scene,
            [
                (root, .post, "users", #"{"name":"bob"}"#, "201"),
                (root, .post, "keys", "{}", "403 access.not-allowed"),
                (root, .post, "keys", #"{"user":"alice"}"#, "403 access.not-allowed"),
                (root, .post, "channels", #"{"name":"more"}"#, "403 access.not-allowed"),
            ]
        )
    }

    private static let longDescription = "{\"description\":\"\(String(repeating: "a", count: 1001))\"}"

    @Test("Channels are made by administrators, changed by owners, and limited by administrators")
    func channels() async throws {
        let (scene, root) = try await Self.world()
        let alice = try await scene.userWithKey("alice"), bob = try await scene.userWithKey("bob")
        try await Self.walk(
            scene,
            [
                (nil, .post, "channels", #"{"name":"main"}"#, "401 access.credentials-needed"),
                (alice, .post, "channels", #"{"name":"main"}"#, "403 access.not-allowed"),
                (root, .post, "channels", #"{"name":"main","owner":"nobody"}"#, "404 access.user-unknown"),
                (root, .post, "channels", #"{"name":"main","owner":"alice"}"#, "201"),
                (root, .post, "channels", #"{"name":"main"}"#, "409 server.channel-exists"),
                (root, .post, "channels", #"{"name":"api"}"#, "400 server.channel-name"),
                (
                    root, .post, "channels", #"{"name":"b","visibility":"secret"}"#,
                    "400 server.request-malformed"
                ),
                (nil, .get, "channels/main", nil, "401 access.credentials-needed"),
                (bob, .get, "channels/main", nil, "404 server.channel-unknown"),
                (bob, .put, "channels/main", #"{"visibility":"public"}"#, "404 server.channel-unknown"),
                (alice, .put, "channels/main", #"{"quota":{"bytes":1}}"#, "403 access.not-allowed"),
                (alice, .put, "channels/main", "{}", "400 server.request-malformed"),
                (alice, .put, "channels/main", #"{"visibility":"public"}"#, "200"),
                (nil, .get, "channels/main", nil, "200"),
                (bob, .put, "channels/main", #"{"visibility":"private"}"#, "403 access.not-allowed"),
                (root, .put, "channels/main", #"{"quota":{"bytes":-1}}"#, "400 server.request-malformed"),
                (root, .put, "channels/main", #"{"quota":{"bytes":1.5}}"#, "400 server.request-malformed"),
                (root, .put, "channels/main", #"{"quota":{"bytes":100,"files":"unlimited"}}"#, "200"),
                (root, .put, "channels/main", #"{"quota":{"files":7}}"#, "200"),
                (root, .put, "channels/none", #"{"visibility":"public"}"#, "404 server.channel-unknown"),
                (bob, .put, "channels/main", #"{"attestations":"required"}"#, "403 access.not-allowed"),
                (alice, .put, "channels/main", #"{"attestations":"maybe"}"#, "400 server.request-malformed"),
                (alice, .put, "channels/main", #"{"attestations":"required"}"#, "200"),
                (bob, .put, "channels/main", #"{"description":"ours"}"#, "403 access.not-allowed"),
                (alice, .put, "channels/main", #"{"description":"first"}"#, "200"),
                (alice, .put, "channels/main", #"{"description":"What Alice makes"}"#, "200"),
                (alice, .put, "channels/main", Self.longDescription, "400 server.request-malformed"),
            ]
        )
        #expect(scene.scene.changes == 7)
        let shown = try await scene.ask(.get, "channels/main", key: alice).body
        #expect(shown["maximum_bytes"]?.integer == 100 && shown["maximum_files"]?.integer == 7)
        #expect(shown["visibility"] == "public" && shown["bytes"]?.integer == 0)
        #expect(shown["attestations"] == "required")
        #expect(shown["description"] == "What Alice makes")
    }

    @Test("Members are made by owners, members for a package also by its maintainers")
    func members() async throws {
        let (scene, root) = try await Self.world()
        let owner = try await scene.userWithKey("owner"), carol = try await scene.userWithKey("carol")
        let dave = try await scene.userWithKey("dave")
        let maintainer = #"{"role":"maintainer","package":"Tool"}"#,
            publisher = #"{"role":"publisher","package":"tool"}"#
        try await Self.walk(
            scene,
            [
                (root, .post, "channels", #"{"name":"main","owner":"owner"}"#, "201"),
                (
                    dave, .put, "channels/main/members/dave", #"{"role":"owner"}"#,
                    "404 server.channel-unknown"
                ),
                (
                    owner, .put, "channels/main/members/nobody", #"{"role":"reader"}"#,
                    "404 access.user-unknown"
                ),
                (
                    owner, .put, "channels/main/members/carol", #"{"role":"boss"}"#,
                    "400 server.request-malformed"
                ),
                (
                    owner, .put, "channels/main/members/carol", #"{"role":"owner","package":"a"}"#,
                    "400 server.request-malformed"
                ),
                (owner, .put, "channels/main/members/carol", maintainer, "200"),
                (carol, .get, "channels/main", nil, "200"),
                (carol, .put, "channels/main/members/carol", #"{"role":"owner"}"#, "403 access.not-allowed"),
                (
                    carol, .put, "channels/main/members/dave", #"{"role":"publisher","package":"other"}"#,
                    "403 access.not-allowed"
                ),
                (carol, .put, "channels/main/members/dave", publisher, "200"),
                (dave, .put, "channels/main/members/dave", maintainer, "403 access.not-allowed"),
                (carol, .get, "channels/main/members", nil, "403 access.not-allowed"),
                (owner, .get, "channels/main/members", nil, "200"),
                (owner, .delete, "channels/main/members/dave", nil, "404 access.member-unknown"),
                (carol, .delete, "channels/main/members/dave?package=TOOL", nil, "200"),
                (dave, .get, "channels/main", nil, "404 server.channel-unknown"),
                (owner, .delete, "channels/main/members/owner", nil, "200"),
                (owner, .get, "channels/main", nil, "404 server.channel-unknown"),
                (root, .put, "channels/main/members/owner", #"{"role":"owner"}"#, "200"),
            ]
        )
        let shown = try await scene.ask(.get, "users/carol", key: root).body["memberships"]?.array
        #expect(shown?.count == 1)
        #expect(shown?.first?.object?["channel"] == "main" && shown?.first?.object?["package"] == "tool")
    }

    @Test("Each change is told to the log, by whom it was made, and without a secret")
    func recorded() async throws {
        let scene = try AccessScene()
        let box = Recorded()
        let administration = scene.administration { box.add($0) }
        let requests: [AdministrationRequest] = [
            AdministrationRequest(.post, ["users"], body: Self.object(["name": "alice"])),
            AdministrationRequest(.post, ["keys"], body: Self.object(["user": "alice", "label": "l"])),
            AdministrationRequest(.post, ["channels"], body: Self.object(["name": "main"])),
            AdministrationRequest(.put, ["channels", "main"], body: Self.object(["visibility": "public"])),
            AdministrationRequest(
                .put,
                ["channels", "main", "members", "alice"],
                body: Self.object(["role": "owner"])
            ),
            AdministrationRequest(.delete, ["channels", "main", "members", "alice"]),
            AdministrationRequest(.delete, ["keys", "1"]),
            AdministrationRequest(.put, ["users", "alice"], body: Self.object(["role": "operator"])),
            AdministrationRequest(.delete, ["users", "alice"]),
        ]
        var secret = ""
        for request in requests {
            let answer = try await administration.answer(request, by: .ownerOfFolder)
            if let text = answer["secret"]?.string { secret = text }
        }
        #expect(
            box.changes.map(\.event) == [
                "user-added", "key-created", "channel-created", "channel-changed", "member-changed",
                "member-removed", "key-revoked", "user-changed", "user-removed",
            ]
        )
        #expect(!secret.isEmpty && !"\(box.changes)".contains(secret.dropFirst(3)))
        _ = try? await administration.answer(requests[0], by: .ownerOfFolder)
        #expect(box.changes.count == requests.count)
    }
}
