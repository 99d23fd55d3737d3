// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("Paths that were looked up a moment ago")
struct FoundPathsTests {
    private static func served(_ scene: ServingScene, _ database: any ServerDatabase) async throws -> String {
        let old = scene.server.parts
        let parts = ServerParts(
            database: database,
            blobs: old.blobs,
            access: old.access,
            publicURL: old.publicURL,
            now: old.now,
            random: old.random,
            changed: old.changed,
            logger: old.logger
        )
        let application = Application(responder: HostedServer(parts: parts, areas: []).responder())
        return try await application.test(.router) { client in
            func body() async throws -> String {
                let answer = try await client.execute(uri: "/main/noarch/repodata.json", method: .get)
                return answer.status == .ok ? String(buffer: answer.body) : "\(answer.status.code)"
            }
            func put(_ text: String, through database: any ServerDatabase) async throws {
                let document = HostedDocument(
                    scope: .channel(scene.main.id),
                    path: "noarch/repodata.json",
                    blob: try await old.blobs.put(Array(text.utf8)),
                    size: UInt64(text.utf8.count),
                    mediaType: "application/json",
                    isImmutable: false,
                    modified: scene.server.now
                )
                try await database.write { try $0.put([document]) }
            }
            var seen: [String] = []
            try await put("1", through: database)
            seen.append(try await body())
            seen.append(try await body())
            // This process writes: seen at once.
            try await put("2", through: database)
            seen.append(try await body())
            // Another process does: seen with the next second.
            try await put("3", through: scene.server.database)
            seen.append(try await body())
            scene.server.advance(seconds: 1)
            seen.append(try await body())
            var hidden = scene.main
            hidden.visibility = .members
            let update = hidden
            try await database.write { try $0.update(update) }
            seen.append(try await body())
            return seen.joined(separator: " ")
        }
    }

    @Test("What this process writes is served at once, what another writes within a second, rights included")
    func freshness() async throws {
        let observed = try await ServingScene()
        #expect(
            try await Self.served(observed, ObservedDatabase(observed.server.database)) == "1 1 2 2 3 401"
        )
        let plain = try await ServingScene()
        #expect(try await Self.served(plain, plain.server.database) == "1 1 2 3 3 401")
    }
}
