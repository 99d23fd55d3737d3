// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import TestSupport
import TrustCore
import TrustPolicy

@testable import ChannelServer

/// A server with a channel, and a simulated issuer in GitHub's place whose tokens fit one publisher of it.
struct PublishingScene: Sendable {
    static let github = "https://token.actions.githubusercontent.com"
    static let audience = "channels.example.org"

    let server: ServerScene
    let issuer: SimulatedIssuer
    let channel: HostedChannel
    let routes: TrustedPublishingRoutes
    let publishers: TrustedPublishers

    /// - Parameters:
    ///   - issuers: whose tokens the server believes.
    ///   - issuer: the one that is simulated.
    ///   - services: asks issuers; by default the simulated one is asked in memory.
    init(
        _ issuers: TokenIssuers = .usual,
        issuer url: String = github,
        services: (any ServiceCaller)? = nil,
        access: any AccessControl = TrustingAccess()
    ) async throws {
        server = try ServerScene(access: access)
        issuer = SimulatedIssuer(url, now: server.now)
        issuer.use([.rs256("key-1")])
        channel = try await server.channel("main")
        routes = TrustedPublishingRoutes(server.parts, issuers: issuers, services: services ?? issuer)
        publishers = TrustedPublishers(
            server.database,
            issuers: issuers,
            publicURL: server.parts.publicURL,
            now: server.parts.now
        )
    }

    /// A scene whose channel has the usual publisher.
    static func published() async throws -> PublishingScene {
        let scene = try await PublishingScene()
        _ = try await scene.add()
        return scene
    }

    /// What fits ``claims(_:)``.
    static let demand = WorkloadDemand(
        issuer: github,
        repository: "example/widget",
        repositoryID: "1001",
        ownerID: "2002",
        workflow: "release.yml"
    )

    func add(
        _ packages: [String] = ["widget"],
        pending: Bool = false,
        to channel: HostedChannel? = nil,
        _ change: (inout WorkloadDemand) -> Void = { _ in }
    ) async throws -> TrustedPublisher {
        var demand = Self.demand
        change(&demand)
        return try await publishers.add(
            packages,
            demand,
            isPending: pending,
            to: channel ?? self.channel,
            by: FilePublisher(.user, "alice")
        )
    }

    /// The claims of a token that fits, made now; null removes one.
    func claims(_ changes: [String: JSONValue] = [:]) -> JSONObject {
        var claims = issuer.workflowClaims(audience: Self.audience)
        for (name, offset) in [("iat", 0), ("nbf", -5), ("exp", 300)] as [(String, Int64)] {
            claims[name] = .number(JSONNumber(server.now.seconds + offset))
        }
        for (name, value) in changes { claims[name] = value == .null ? nil : value }
        return claims
    }

    /// Sends a token, as clients of prefix.dev do.
    func send(_ token: String, to path: String = "/api/oidc/mint_token") async throws -> TestResponse {
        var body = JSONObject()
        body["token"] = .string(token)
        return try await post(JSONWriter.encode(.object(body)), to: path)
    }

    func post(_ body: [UInt8], to path: String) async throws -> TestResponse {
        try await server.ask([routes], .post, path, body: body)
    }

    /// The code that a token is refused with; nil if a key is given for it.
    func code(_ token: String) async throws -> String? { Self.code(of: try await send(token)) }

    /// The code that a token with these claims is refused with.
    func code(claims changes: [String: JSONValue]) async throws -> String? {
        try await code(issuer.token(claims(changes)))
    }

    static func code(of response: TestResponse) -> String? {
        if response.status == .ok || response.status == .created { return nil }
        let object = (try? JSONReader.read(Array(response.body.readableBytesView), of: "answer"))?.object
        return object?["code"]?.string ?? "\(response.status.code)"
    }

    /// The key that a token is exchanged for, as the database has it.
    func key(_ token: String) async throws -> AccessKey? {
        let secret = String(buffer: try await send(token).body)
        return try await server.database.read { try $0.accessKey(hash: Digest.of(Array(secret.utf8))) }
    }

    /// Whoever shows a key.
    func caller(_ key: AccessKey) -> Caller { Caller(holder: key.holder, scopes: key.scopes, key: key.id) }

    /// Takes a file of a package in, as uploads do.
    func publish(_ name: String, _ version: Int = 1, by caller: Caller) async throws {
        let fileName = try ArchiveFileName("\(name)-\(version)-0.conda")
        let (now, publicURL, channel) = (server.now, server.parts.publicURL, channel)
        try await server.database.write { transaction in
            try transaction.willPublish(
                fileName.name,
                in: channel,
                by: caller,
                now: now,
                publicURL: publicURL
            )
            try transaction.insert(
                HostedFile(
                    channel: channel.id,
                    subdir: .noarch,
                    fileName: fileName,
                    sha256: Digest.of(Array(fileName.text.utf8)),
                    size: 1,
                    record: Array("{}".utf8),
                    publisher: caller.holder ?? FilePublisher(.imported, "nobody"),
                    acceptedAt: UInt64(now.seconds) * 1000,
                    logIndex: 0
                )
            )
        }
    }

    /// The changes of publishers that the log has, in order: what happened, and to which number.
    func logged() async throws -> [String] {
        let channel = channel
        let entries = try await server.database.read { transaction in
            guard let log = try transaction.log(of: channel) else { return [[UInt8]]() }
            return try transaction.entries(of: log.id, from: 0, limit: 100)
        }
        return try entries.map { bytes in
            let fields = try JSONFields(try JSONReader.read(bytes, of: "entry"), of: "entry")
            let publisher = try fields.fields("trusted_publisher")
            return
                "\(try fields.string("type")) \(try fields.string("change")) \(try publisher.integer("id"))"
        }
    }
}
