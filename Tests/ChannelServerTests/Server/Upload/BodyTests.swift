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

@Suite("Bodies that break off, or hardly come")
struct BodyTests {
    /// The scene's server behind a port of this machine, for as long as a body runs.
    private static func serving(
        _ scene: UploadScene,
        _ body: @escaping @Sendable (Int) async throws -> Void
    ) async throws {
        let server = HostedServer(parts: scene.server.parts, areas: scene.areas)
        let application = Application(
            responder: server.responder(),
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0))
        )
        try await application.test(.live) { client in try await body(#require(client.port)) }
    }

    private static func head(_ method: String, _ path: String, _ fields: [String]) -> [UInt8] {
        let lines =
            ["\(method) \(path) HTTP/1.1", "Host: x", "X-API-Key: alice", "Connection: close"] + fields
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    private static func chunk(_ bytes: [UInt8]) -> [UInt8] {
        Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + Array("\r\n".utf8)
    }

    @Test("A body that breaks off is no package, even if all of the package came")
    func truncated() async throws {
        let scene = try await UploadScene()
        let (name, bytes) = try UploadScene.package()
        let path = "/main/linux-64/\(name)"
        let chunked = Self.head("PUT", path, ["Transfer-Encoding: chunked"])
        let requests: [(String, [UInt8])] = [
            ("chunks without the last", chunked + Self.chunk(bytes)),
            ("half a last chunk", chunked + Self.chunk(bytes) + Array("0\r\n".utf8)),
            ("half a chunk", chunked + Self.chunk(bytes).prefix(bytes.count / 2)),
            ("a size that is none", chunked + Self.chunk(bytes) + Array("zz\r\n".utf8)),
            (
                "fewer bytes than announced",
                Self.head("PUT", path, ["Content-Length: \(bytes.count + 1)"]) + bytes
            ),
        ]
        try await Self.serving(scene) { port in
            for (claim, request) in requests {
                let answer = try await RawConnection.exchange(request, port: port, hangingUp: true)
                #expect(!answer.hasPrefix("HTTP/1.1 2"), "\(claim): \(answer)")
            }
        }
        try await scene.demandNothing("broken off")
        try await Self.serving(scene) { port in
            let whole = chunked + Self.chunk(bytes) + Array("0\r\n\r\n".utf8)
            let answer = try await RawConnection.exchange(whole, port: port)
            #expect(answer.hasPrefix("HTTP/1.1 201"), "\(answer)")
        }
        #expect(try await scene.events() == ["publish"])
    }

    @Test("Whoever sends too slowly is refused, and what came of it is thrown away")
    func slow() async throws {
        var settings = UploadSettings()
        settings.limits.window = .milliseconds(200)
        let scene = try await UploadScene(settings)
        let (name, bytes) = try UploadScene.package()
        try await Self.serving(scene) { port in
            let head = Self.head("PUT", "/main/linux-64/\(name)", ["Content-Length: \(bytes.count)"])
            let answer = try await RawConnection.exchange(head + bytes.prefix(10), port: port)
            #expect(answer.contains("408") && answer.contains("upload.too-slow"), "\(answer)")
        }
        try await scene.demandNothing("slow")
    }

    @Test("Nobody counts the time that the server itself takes")
    func slowServer() async throws {
        var limits = UploadLimits()
        limits.window = .milliseconds(50)
        let (body, source) = RequestBody.makeStream()
        let request = Request(
            head: HTTPRequest(method: .put, scheme: nil, authority: nil, path: "/"),
            body: body
        )
        let feeding = Task {
            for _ in 0..<3 { await source.yield(ByteBuffer(bytes: [1])) }
            source.finish()
        }
        let received = SmallBody(10)
        try await BodyPace.receive(request, limits) { bytes in
            try await received.write(bytes)
            try await Task.sleep(for: .milliseconds(100))
        }
        await feeding.value
        #expect(await received.bytes.count == 3)
    }
}
