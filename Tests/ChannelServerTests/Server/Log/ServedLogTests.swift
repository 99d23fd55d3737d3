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

@Suite("Serving logs")
struct ServedLogTests {
    @Test("The server's log is for everybody, a private channel's for its members, and nothing else is there")
    func served() async throws {
        let scene = try await LogScene()
        let hidden = try await scene.server.channel("hidden", .members)
        let entry = scene.entry(1), url = scene.server.parts.publicURL, main = scene.channel
        try await scene.server.database.write { transaction in
            for channel in [main, hidden] { try transaction.append(entry, of: channel, publicURL: url) }
        }
        try await scene.publisher().publish()
        let asked: [(path: String, key: String?, status: HTTPResponse.Status, cache: String?)] = [
            ("/log/checkpoint", nil, .ok, "public, max-age=10, must-revalidate"),
            ("/log/tile/0/000.p/1", nil, .ok, "public, max-age=31536000, immutable"),
            ("/log/tile/entries/000.p/1", nil, .ok, "public, max-age=31536000, immutable"),
            ("/log/tile/0/001", nil, .notFound, nil),
            ("/log/../checkpoint", nil, .badRequest, nil),
            ("/hidden/log/checkpoint", nil, .unauthorized, nil),
            ("/hidden/log/checkpoint", "alice", .ok, "private, max-age=10, must-revalidate"),
            ("/main/log/checkpoint", nil, .notFound, nil),
            ("/nothing/log/checkpoint", "alice", .notFound, nil),
        ]
        for (path, key, status, cache) in asked {
            let headers: HTTPFields = key.map { [.authorization: "Bearer \($0)"] } ?? [:]
            let response = try await scene.server.ask([], .get, path, headers: headers)
            #expect(response.status == status, "\(path)")
            if let cache { #expect(response.headers[.cacheControl] == cache, "\(path)") }
        }
    }

    @Test("A reader that has the checkpoint gets it once, and HEAD has no body")
    func conditional() async throws {
        let scene = try await LogScene()
        try await scene.publisher().publish()
        let first = try await scene.server.ask([], .get, "/log/checkpoint")
        let tag = try #require(first.headers[.eTag])
        let second = try await scene.server.ask(
            [],
            .get,
            "/log/checkpoint",
            headers: [.ifNoneMatch: "\"x\", W/\(tag)"]
        )
        #expect(second.status == .notModified)
        let head = try await scene.server.ask([], .head, "/log/checkpoint")
        #expect(head.body.readableBytes == 0)
        #expect(head.headers[.contentLength] == String(first.body.readableBytes))
    }
}
