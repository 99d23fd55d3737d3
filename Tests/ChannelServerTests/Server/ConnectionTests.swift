// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

/// The server on a real socket: what only shows there.
@Suite("Connections", .serialized, .timeLimit(.minutes(3)))
struct ConnectionTests {
    /// Larger than what is kept in memory, and than what is given to the kernel at a time.
    private static let large: [UInt8] = {
        let piece = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ ($0 >> 8)) }
        // Each piece begins with its number, so that no two places are alike.
        return (0..<9_400).flatMap { number in [UInt8(number >> 8), UInt8(number & 255)] + piece }
    }()
    private static let path = "/main/noarch/b-1-0.conda"

    private func scene() async throws -> ServingScene {
        let scene = try await ServingScene()
        try await scene.server.accept(Self.large, "b-1-0.conda", into: scene.main)
        return scene
    }

    @Test("A large file is sent whole, in part, in parts and not at all, and the connection is good for more")
    func largeFiles() async throws {
        let scene = try await scene()
        let application = try HostedServer(parts: scene.server.parts, areas: []).application(
            host: "127.0.0.1",
            port: 0
        ) { _ in }
        try await application.test(.live) { client in
            for _ in 0..<2 {
                let whole = try await client.execute(uri: Self.path, method: .get)
                #expect(Data(whole.body.readableBytesView) == Data(Self.large))
                let head = try await client.execute(uri: Self.path, method: .head)
                #expect(head.headers[.contentLength] == "\(Self.large.count)")
                let range: HTTPFields = [.range: "bytes=5000000-5999999"]
                let part = try await client.execute(uri: Self.path, method: .get, headers: range)
                #expect(Data(part.body.readableBytesView) == Data(Self.large[5_000_000..<6_000_000]))
                let parts = try await client.execute(
                    uri: Self.path,
                    method: .get,
                    headers: [.range: "bytes=0-9,-10"]
                )
                let body = Data(parts.body.readableBytesView)
                #expect(body.range(of: Data(Self.large[0..<10])) != nil)
                #expect(body.range(of: Data(Self.large.suffix(10))) != nil)
                #expect(parts.headers[.contentLength] == "\(body.count)")
            }
        }
    }

    @Test("Requests that are sent together are answered in their order")
    func pipelined() async throws {
        let scene = try await scene()
        let application = try HostedServer(parts: scene.server.parts, areas: []).application(
            host: "127.0.0.1",
            port: 0
        ) { _ in }
        try await application.test(.live) { client in
            let connection = try RawConnection(port: try #require(client.port))
            defer { connection.close() }
            let host = "Host: x\r\n"
            connection.send(
                "GET \(Self.path) HTTP/1.1\r\n\(host)Range: bytes=0-8999999\r\n\r\n"
                    + "GET /main/noarch/a-1-0.conda HTTP/1.1\r\n\(host)\r\n"
                    + "GET \(Self.path) HTTP/1.1\r\n\(host)Range: bytes=-9\r\nConnection: close\r\n\r\n"
            )
            let all = Data(await connection.read())
            let first = try #require(all.range(of: Data(Self.large[0..<9_000_000])))
            let second = try #require(all.range(of: Data("\r\n\r\n0123456789HTTP/1.1 206".utf8)))
            #expect(first.upperBound < second.lowerBound)
            #expect(all.suffix(9).elementsEqual(Self.large.suffix(9)))
        }
    }

    @Test("An answer that is being sent when the server is told to stop is sent to its end")
    func drained() async throws {
        let scene = try await scene()
        let application = try HostedServer(parts: scene.server.parts, areas: []).application(
            host: "127.0.0.1",
            port: 0
        ) { _ in }
        let (connection, begin) = try await application.test(.live) { client in
            let connection = try RawConnection(port: try #require(client.port))
            connection.send("GET \(Self.path) HTTP/1.1\r\nHost: x\r\n\r\n")
            let begin = await connection.read(atMost: 1000)
            // From now on the server stops, while the rest is taken.
            return (connection, Task { begin + (await connection.read()) })
        }
        defer { connection.close() }
        let all = await begin.value
        #expect(Data(all.suffix(Self.large.count)) == Data(Self.large))
    }

    @Test("Clients that send half a request, nothing, or take no answer are left, and others are served")
    func abandoned() async throws {
        let scene = try await scene()
        var settings = ServerSettings()
        settings.limits.idleSeconds = 1
        settings.limits.stallSeconds = 1
        let server = HostedServer(parts: scene.server.parts, areas: [], settings: settings)
        try await server.application(host: "127.0.0.1", port: 0) { _ in }.test(.live) { client in
            let port = try #require(client.port)
            let half = try RawConnection(port: port), silent = try RawConnection(port: port)
            let greedy = try RawConnection(port: port)
            half.send("GET /main/noarch/a-1-0.conda HTTP/1.1\r\nHost: ")
            greedy.send(String(repeating: "GET \(Self.path) HTTP/1.1\r\nHost: x\r\n\r\n", count: 20))
            #expect(await half.read().isEmpty)
            #expect(await silent.read().isEmpty)
            // The test's own client is the fourth.
            while !scene.server.parts.metrics.text.contains("abandoned_total 4") { await Task.yield() }
            #expect(await greedy.read().count < 20 * Self.large.count)
            [half, silent, greedy].forEach { $0.close() }
            let other = try RawConnection(port: port)
            defer { other.close() }
            other.send("GET /main/noarch/a-1-0.conda HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            #expect(String(decoding: await other.read(), as: UTF8.self).hasSuffix("0123456789"))
        }
    }

    @Test("A head that is too long, or contradicts itself, is refused and the connection closed")
    func badHeads() async throws {
        let scene = try await scene()
        let application = try HostedServer(parts: scene.server.parts, areas: []).application(
            host: "127.0.0.1",
            port: 0
        ) { _ in }
        let heads = [
            "GET / HTTP/1.1\r\nHost: x\r\nX-A: \(String(repeating: "a", count: 40_000))\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: x\r\n" + String(repeating: "X-A: a\r\n", count: 200) + "\r\n",
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc",
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
            "GET / HTTP/9\r\n\r\n", "\u{0}\u{1}\u{2}\r\n\r\n",
        ]
        try await application.test(.live) { client in
            for head in heads {
                let connection = try RawConnection(port: try #require(client.port))
                connection.send(head)
                let answer = String(decoding: await connection.read(), as: UTF8.self)
                #expect(answer.hasPrefix("HTTP/1.1 400"), "\(head.prefix(60))")
                connection.close()
            }
            #expect(try await client.execute(uri: "/main/notices.json", method: .get).status == .ok)
        }
    }
}
