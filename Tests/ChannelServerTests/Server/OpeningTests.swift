// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("Opening a server's folder")
struct OpeningTests {
    private static func open(_ path: String, _ settings: ServerSettings = ServerSettings()) throws
        -> HostedServer
    {
        try HostedServer.open(
            directory: path,
            settings: settings,
            now: { Timestamp(seconds: 1_800_000_000) },
            random: { [UInt8](repeating: 7, count: $0) },
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        )
    }

    @Test("An empty folder becomes a server that is ready, and stays one; two servers never share it")
    func opened() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/new/server"
        do {
            let server = try Self.open(path)
            #expect(throws: Failure.self) { try Self.open(path) }
            try await server.application(host: "127.0.0.1", port: 0) { _ in }.test(.live) { client in
                for path in ["/health/live", "/health/ready"] {
                    let answer = try await client.execute(uri: path, method: .get)
                    #expect(answer.status == .ok)
                    #expect(answer.headers[.cacheControl] == "no-store")
                    #expect(try await client.execute(uri: path, method: .head).body.readableBytes == 0)
                }
                let name = try ChannelName("main")
                _ = try await server.parts.database.write {
                    try $0.createChannel(name, .everybody, now: Timestamp(seconds: 0))
                }
            }
        }
        let again = try Self.open(path)
        #expect(try await again.parts.database.read { try $0.channels() }.map(\.name.text) == ["main"])
    }

    @Test("Metrics are for those who may operate the server, or for everybody where the settings say so")
    func metrics() async throws {
        for isPublic in [false, true] {
            var settings = ServerSettings()
            settings.hasPublicMetrics = isPublic
            let server = try Self.open(try TemporaryFolder().path, settings)
            try await server.application(host: "127.0.0.1", port: 0) { _ in }.test(.live) { client in
                _ = try await client.execute(uri: "/api/nothing", method: .get)
                let answer = try await client.execute(uri: "/metrics", method: .get)
                #expect(answer.status == (isPublic ? .ok : .unauthorized))
                let line = "kingsnake_http_requests_total{method=\"GET\",status=\"404\"} 1\n"
                #expect(String(buffer: answer.body).contains(line) == isPublic)
            }
        }
    }

    @Test("Too many requests of one address are refused with a hint when to come again")
    func tooMany() async throws {
        struct Busy: ServerRoutes {
            func add(to router: Router<ServerContext>) {
                router.get("/busy") { _, _ -> String in throw RequestsTooFast(seconds: 2) }
            }
        }
        let response = try await ServerScene().ask([Busy()], .get, "/busy")
        #expect(response.status == .tooManyRequests)
        #expect(response.headers[.retryAfter] == "2")
    }

    @Test("Who shows a key to a server that knows nobody is refused, and told how to log in")
    func unknownKey() async throws {
        let scene = try await ServingScene(access: PublicAccess())
        let answer = try await scene.ask(.get, "/t/x/main/noarch/repodata.json")
        #expect(answer.status == .unauthorized)
        #expect(answer.headers[.wwwAuthenticate] != nil)
        #expect(try await scene.ask(.get, "/main/noarch/repodata.json").status == .ok)
        #expect(try await scene.ask(.get, "/secret/noarch/repodata.json").status == .unauthorized)
    }
}
