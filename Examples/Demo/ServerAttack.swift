// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import TestSupport
import TrustCore

/// One thing that somebody tries against the server, its users or its log, and the code by which it must be refused.
struct ServerAttack {
    let name: String
    let what: String
    let expected: String
    private let perform: @Sendable (ServerStory) async throws -> String?

    init(
        _ name: String,
        _ what: String,
        _ expected: String,
        _ perform: @escaping @Sendable (ServerStory) async throws -> String?
    ) {
        self.name = name
        self.what = what
        self.expected = expected
        self.perform = perform
    }

    /// Performs it, and answers the code of the refusal, if there was one.
    func run(in story: ServerStory) async throws -> String? { try await perform(story) }

    /// Everything that is tried, in this order.
    static let all = publishers + mirrors + log

    // MARK: - Whoever wants to publish

    private static let publishers: [ServerAttack] = [
        ServerAttack("forged token", "signed by another key in the build service's name", "oidc.signature") {
            story in
            try await story.mint(story.job.forgedToken(story.job.claims())).code
        },
        ServerAttack("replayed token", "a token that was exchanged already", "oidc.replayed") { story in
            let token = story.job.token(story.job.claims())
            guard try await story.mint(token).status == 200 else { return "it must be good once" }
            return try await story.mint(token).code
        },
        ServerAttack("fork's token", "a job of another repository", "oidc.no-publisher") { story in
            try await story.mint(story.job.token(story.job.claims(of: "fork/hello", number: "6666"))).code
        },
        ServerAttack("stolen job's key", "the key for hello publishes greetings", "access.not-allowed") {
            story in
            let key = try await story.mint(story.job.token(story.job.claims())).text
            let (name, bytes) = try story.world.package("greetings", "6.6")
            return try await story.server.upload(bytes, as: name, key: key)
        },
        ServerAttack("same name again", "alice's stolen key replaces greetings 1.0", "server.file-exists") {
            story in
            let (name, bytes) = try story.world.package("greetings", "1.0")
            return try await story.server.upload(bytes, as: name, key: story.aliceKey)
        },
        ServerAttack("stolen key publishes", "alice's stolen key publishes hello 6.6", "attested.missing") {
            story in
            let (name, bytes) = try story.world.package("hello", "6.6")
            // The key is good, so the server takes it. Users want to know who built it.
            if let code = try await story.server.upload(bytes, as: name, key: story.aliceKey) { return code }
            try await story.server.waitForIndex(of: "noarch/" + name)
            return try story.refusal(of: "noarch/" + name)
        },
        ServerAttack(
            "… is noticed",
            "whoever watches the log sees that it was alice",
            "publish-log.unexpected-publisher"
        ) { story in
            try story.finding(["log", "monitor", story.log, "--publishers", story.expectedPublishers])
        },
    ]

    // MARK: - Mirrors

    private static let mirrors: [ServerAttack] = [
        mirror("altered package", "a mirror flips one bit of hello", "digest.mismatch") {
            $0.path.hasSuffix(".conda") ? .altered : .normal
        },
        mirror("altered index", "a mirror lists something else", "tuf.target-hash") {
            $0.path.hasSuffix("repodata_shards.msgpack.zst") ? .altered : .normal
        },
        mirror("stripped attestation", "a mirror says that nobody attested", "attested.stripped") {
            $0.path.contains(".sigs") ? .status(404) : .normal
        },
        ServerAttack("rolled-back mirror", "a mirror serves the channel without hello 1.1", "tuf.rollback") {
            story in
            try await story.refusal(servedFrom: story.oldMirror)
        },
        ServerAttack(
            "stolen online key",
            "the server's key signs an index with another hello",
            "attested.invalid"
        ) {
            story in
            try await story.refusalOfStolenKey()
        },
    ]

    private static func mirror(
        _ name: String,
        _ what: String,
        _ expected: String,
        _ script: @escaping LoopbackServer.Script
    ) -> ServerAttack {
        ServerAttack(name, what, expected) { story in
            try await story.refusal(servedFrom: story.mirror, script: script)
        }
    }

    // MARK: - The log

    private static let log: [ServerAttack] = [
        ServerAttack("rewritten log", "a taken-over server tells its history anew", "publish-log.rewritten") {
            story in
            try await story.refusalOfRewrittenLog()
        }
    ]
}
