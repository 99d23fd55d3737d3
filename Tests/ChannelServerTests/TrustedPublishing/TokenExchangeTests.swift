// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import HTTPTypes
import HummingbirdTesting
import NIOCore
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("Keys for tokens")
struct TokenExchangeTests {
    @Test("A key is good for fifteen minutes, for publishing the publisher's packages, in its name")
    func key() async throws {
        let scene = try await PublishingScene.published()
        let response = try await scene.send(scene.issuer.token(scene.claims()))
        #expect(response.status == .ok)
        #expect(response.headers[.contentType] == "text/plain; charset=utf-8")
        #expect(response.headers[.cacheControl] == "no-store")
        let secret = String(buffer: response.body)
        #expect(secret.hasPrefix("ks-") && secret.utf8.count == 67)
        let found = try await scene.server.database.read {
            try $0.accessKey(hash: Digest.of(Array(secret.utf8)))
        }
        let key = try #require(found)
        #expect(key.expires == scene.server.now.advanced(bySeconds: 900))
        #expect(
            key.scopes == [AccessScope(actions: [.publish], channel: scene.channel.id, packages: ["widget"])]
        )
        #expect(
            key.holder
                == FilePublisher(
                    .workload,
                    "https://github.com/example/widget/.github/workflows/release.yml@refs/tags/v1",
                    issuer: PublishingScene.github
                )
        )
    }

    @Test("PyPI's form answers a JSON object, and for whom tokens must be")
    func pypi() async throws {
        let scene = try await PublishingScene.published()
        let response = try await scene.send(scene.issuer.token(scene.claims()), to: "/_/oidc/mint-token")
        let object = try JSONFields(
            JSONReader.read(Array(response.body.readableBytesView), of: "answer"),
            of: "answer"
        )
        #expect(try object.bool("success"))
        #expect(try object.string("token").hasPrefix("ks-"))
        #expect(try object.integer("expires") == scene.server.now.seconds + 900)
        let audience = try await scene.server.ask([scene.routes], .get, "/_/oidc/audience")
        #expect(String(buffer: audience.body) == #"{"audience":"channels.example.org"}"#)
    }

    @Test(
        "The audience is the host's name without port",
        arguments: [
            ("https://a.example.org", "a.example.org"), ("http://127.0.0.1:8080", "127.0.0.1"),
            ("https://a.example.org:8443/below", "a.example.org"), ("http://[::1]:80", "[::1]"),
            ("https://", nil), ("https://user@a.example.org", nil), ("ftp://a", nil),
        ] as [(String, String?)]
    )
    func host(url: String, host: String?) {
        #expect(ServerAudience.host(of: url) == host)
    }

    @Test("One list of one audience will do")
    func listedAudience() async throws {
        let scene = try await PublishingScene.published()
        #expect(try await scene.code(claims: ["aud": ["channels.example.org"]]) == nil)
    }

    @Test("A key is for all of the job's publishers, channel by channel")
    func several() async throws {
        let scene = try await PublishingScene.published()
        let other = try await scene.server.channel("other")
        _ = try await scene.add(["gadget", "lab-*"])
        _ = try await scene.add(["*"], to: other)
        _ = try await scene.add(["secret"], to: other) { $0.repositoryID = "7" }
        let key = try #require(try await scene.key(scene.issuer.token(scene.claims())))
        #expect(
            key.scopes == [
                AccessScope(
                    actions: [.publish],
                    channel: scene.channel.id,
                    packages: ["widget", "gadget", "lab-*"]
                ),
                AccessScope(actions: [.publish], channel: other.id, packages: nil),
            ]
        )
    }

    @Test("A scope is for the packages that it names, and for those that its patterns fit")
    func scope() {
        func isFor(_ scope: AccessScope, _ package: String) -> Bool {
            scope.covers(.publish, on: 1, package: Permission.key(package))
        }
        let scope = AccessScope(actions: [.publish], channel: 1, packages: ["widget", "lab-*"])
        for name in ["widget", "Widget", "lab-a", "Lab-A-b"] { #expect(isFor(scope, name), "\(name)") }
        for name in ["widgets", "wid", "lab", "lab-", "labs-a", "a-lab-a", ""] {
            #expect(!isFor(scope, name), "\(name)")
        }
        #expect(isFor(AccessScope(actions: [.publish], channel: nil, packages: nil), "any"))
        #expect(!isFor(AccessScope(actions: [.publish], channel: nil, packages: []), "any"))
    }

    @Test("A token is exchanged once, also when it is sent many times at once")
    func once() async throws {
        let scene = try await PublishingScene.published()
        let token = scene.issuer.token(scene.claims())
        let codes = try await withThrowingTaskGroup(of: String?.self) { group in
            for _ in 0..<16 { group.addTask { try await scene.code(token) } }
            var codes: [String?] = []
            for try await code in group { codes.append(code) }
            return codes
        }
        #expect(codes.filter { $0 == nil }.count == 1)
        #expect(codes.compactMap { $0 } == Array(repeating: "oidc.replayed", count: 15))
        #expect(try await scene.server.database.read { try $0.accessKeys(of: nil) }.count == 1)
        // A name counts as used with the issuer that gave it, under whatever other claims.
        let name = try #require(scene.claims()["jti"])
        #expect(try await scene.code(claims: ["jti": name]) == nil)
        #expect(try await scene.code(claims: ["jti": name, "environment": "x"]) == "oidc.replayed")
    }

    @Test("A token that was refused for its job is not used up")
    func notUsed() async throws {
        let scene = try await PublishingScene()
        let token = scene.issuer.token(scene.claims())
        #expect(try await scene.code(token) == "oidc.no-publisher")
        _ = try await scene.add()
        #expect(try await scene.code(token) == nil)
    }

    @Test("A token is remembered for as long as it would be valid; then it is expired, and forgotten")
    func pruned() async throws {
        let scene = try await PublishingScene.published()
        let token = scene.issuer.token(scene.claims())
        #expect(try await scene.code(token) == nil)
        // The leeway included: it ends at 300.
        scene.server.advance(seconds: 329)
        #expect(try await scene.code(token) == "oidc.replayed")
        scene.server.advance(seconds: 1)
        #expect(try await scene.code(token) == "oidc.expired")
        scene.server.advance(seconds: 1)
        #expect(try await scene.code(claims: [:]) == nil)
        let (issuer, now) = (PublishingScene.github, scene.server.now)
        let id = try #require(UnverifiedToken(token).unverifiedClaims["jti"]?.string)
        let wasForgotten = try await scene.server.database.write {
            try $0.useToken(id, of: issuer, until: now)
        }
        #expect(wasForgotten)
    }

    @Test("A token in the address is refused, whatever else is sent; so is what is no request")
    func requests() async throws {
        let scene = try await PublishingScene.published()
        let token = scene.issuer.token(scene.claims())
        let good = Array(#"{"token":"\#(token)"}"#.utf8)
        for path in ["/api/oidc/mint_token", "/_/oidc/mint-token"] {
            let response = try await scene.post(good, to: path + "?token=" + token)
            #expect(PublishingScene.code(of: response) == "oidc.token-in-query")
            #expect(!String(buffer: response.body).contains(token))
            let bodies: [[UInt8]] = [
                [], Array(token.utf8), Array("{}".utf8), Array(#"{"token":1}"#.utf8), Array("[]".utf8),
                Array(#"{"token":"a","token":"b"}"#.utf8), good + good,
                [UInt8](repeating: 0x20, count: TrustedPublishingRoutes.maximumLength) + good,
            ]
            for body in bodies {
                let response = try await scene.post(body, to: path)
                #expect(PublishingScene.code(of: response) == "oidc.request")
                #expect(response.status == .unprocessableContent)
                #expect(!String(buffer: response.body).contains(token))
            }
        }
        #expect(try await scene.code(token) == nil)
    }

    @Test("Taking a publisher away takes away the keys that it was given")
    func removal() async throws {
        let scene = try await PublishingScene()
        let publisher = try await scene.add()
        let key = try #require(try await scene.key(scene.issuer.token(scene.claims())))
        _ = try await scene.publishers.remove(publisher.id, of: scene.channel, by: nil)
        #expect(try await scene.server.database.read { try $0.accessKey(hash: key.hash) } == nil)
        #expect(try await scene.code(claims: [:]) == "oidc.no-publisher")
        #expect(try await scene.logged() == ["publisher-change add 1", "publisher-change remove 1"])
    }

    @Test("Minted keys are taken away a day after they expired, and no others")
    func oldKeys() async throws {
        let scene = try await PublishingScene.published()
        let now = scene.server.now
        let own = try await scene.server.database.write { transaction in
            try transaction.insertKey(
                hash: Digest.of([1]),
                holder: FilePublisher(.user, "alice"),
                scopes: [],
                label: "mine",
                created: now,
                expires: now
            )
        }
        #expect(try await scene.code(claims: [:]) == nil)
        scene.server.advance(seconds: 900 + 86_400)
        #expect(try await scene.code(claims: [:]) == nil)
        #expect(try await scene.server.database.read { try $0.accessKeys(of: nil) }.count == 3)
        scene.server.advance(seconds: 1)
        #expect(try await scene.code(claims: [:]) == nil)
        let left = try await scene.server.database.read { try $0.accessKeys(of: nil) }.map(\.id)
        #expect(left == [own.id, own.id + 2, own.id + 3])
    }
}
