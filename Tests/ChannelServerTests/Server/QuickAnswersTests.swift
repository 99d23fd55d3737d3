// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Synchronization
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("Answers from memory, on the connection itself", .timeLimit(.minutes(3)))
struct QuickAnswersTests {
    private static let index = "/main/noarch/repodata.json"
    private static let package = "/main/noarch/a-1-0.conda"

    /// A server whose database is observed, and the lines of its log.
    private struct Scene {
        let serving: ServingScene
        let parts: ServerParts
        let lines: LogLines

        init(_ rates: RequestAllowances = .unlimited) async throws {
            serving = try await ServingScene()
            let old = serving.server.parts, lines = LogLines()
            self.lines = lines
            parts = ServerParts(
                database: ObservedDatabase(serving.server.database),
                blobs: old.blobs,
                access: old.access,
                publicURL: old.publicURL,
                now: old.now,
                random: old.random,
                changed: old.changed,
                logger: ServerLog.logger(.text, now: old.now, write: { lines.add($0) }),
                limiter: RequestLimiter(rates)
            )
        }

        /// Answers that know the files of some targets, whose bytes are in memory.
        func answers(_ targets: [String]) async throws -> QuickAnswers {
            let known = try #require(FoundPaths(parts.database, now: parts.now))
            let memory = BlobMemory(), quick = QuickAnswers(parts, known, memory)
            for target in targets {
                guard case .parts(let path) = ServedPath.read(target),
                    case .resource(let resource, let channel) = try await ChannelFiles(
                        database: parts.database
                    )
                    .find(path)
                else { throw Failure(.configuration, "there is no such file", at: target) }
                quick.keep(resource, of: channel, as: target, since: known.moment)
                let bytes = try await parts.blobs.bytes(of: resource.blob, maximumLength: 1 << 20)
                memory[resource.blob] = ByteBuffer(bytes: bytes)
            }
            return quick
        }
    }

    private static func request(_ method: HTTPRequest.Method, _ target: String, _ fields: HTTPFields = [:])
        -> HTTPRequest
    {
        HTTPRequest(method: method, scheme: "http", authority: "x", path: target, headerFields: fields)
    }

    @Test("It answers GET, HEAD and questions for news, and stays silent where anything else is asked")
    func scope() async throws {
        let scene = try await Scene()
        let secret = "/secret/noarch/a-1-0.conda", query = "\(Self.package)?a"
        let quick = try await scene.answers([Self.package, Self.index, secret, query])
        let tag = ServingScene.tag
        let answered: [(HTTPRequest, HTTPResponse.Status, hasBody: Bool)] = [
            (Self.request(.get, Self.package), .ok, true),
            (Self.request(.head, Self.package), .ok, false),
            (Self.request(.get, Self.index, [.userAgent: "x", .connection: "keep-alive"]), .ok, true),
            (Self.request(.get, Self.package, [.ifNoneMatch: tag]), .notModified, false),
            (
                Self.request(.head, Self.package, [.ifModifiedSince: ServingScene.accepted]), .notModified,
                false
            ),
            (Self.request(.get, Self.package, [.ifNoneMatch: "\"x\""]), .ok, true),
        ]
        for (request, status, hasBody) in answered {
            let answer = try #require(quick.answer(request, from: nil, nil), "\(request)")
            #expect(answer.head.status == status && (answer.body != nil) == hasBody, "\(request)")
        }
        let silent: [HTTPRequest] = [
            Self.request(.post, Self.package), Self.request(.delete, Self.package),
            Self.request(.get, secret), Self.request(.get, query), Self.request(.get, "/main/noarch/none"),
            Self.request(.get, "/t/alice\(Self.package)"),
            Self.request(.get, Self.package, [.authorization: "Bearer alice"]),
            Self.request(.get, Self.package, [try #require(HTTPField.Name("x-api-key")): "alice"]),
            Self.request(.get, Self.package, [.range: "bytes=0-1"]),
            Self.request(.get, Self.package, [.ifRange: tag]),
            Self.request(.get, Self.package, [.ifMatch: "\"x\""]),
            Self.request(.get, Self.package, [.ifUnmodifiedSince: ServingScene.accepted]),
            Self.request(.get, Self.package, [.connection: "close"]),
            Self.request(.get, Self.package, [.contentLength: "1"]),
            Self.request(.get, Self.package, [.transferEncoding: "chunked"]),
            Self.request(.get, Self.package, [.expect: "100-continue"]),
            Self.request(.get, Self.package, [.upgrade: "x"]),
            // The Kelvin sign is no K, although Unicode takes one for the other.
            Self.request(.get, "/main/noarch/\u{212A}"),
        ]
        for request in silent { #expect(quick.answer(request, from: nil, nil) == nil, "\(request)") }
    }

    @Test("What it knows it forgets with the next write, and with the next second")
    func freshness() async throws {
        let scene = try await Scene()
        let request = Self.request(.get, Self.package)
        var quick = try await scene.answers([Self.package])
        #expect(quick.answer(request, from: nil, nil) != nil)
        try await scene.parts.database.write { _ in }
        #expect(quick.answer(request, from: nil, nil) == nil)
        quick = try await scene.answers([Self.package])
        scene.serving.server.advance(seconds: 1)
        #expect(quick.answer(request, from: nil, nil) == nil)
    }

    @Test("Each answer is counted against its address, and none is given to one that asks too fast")
    func limits() async throws {
        let allowance = RequestAllowance(burst: 2, perSecond: 1)
        let scene = try await Scene(RequestAllowances(key: nil, address: allowance, unknownKey: nil))
        let quick = try await scene.answers([Self.package])
        let block = RequestLimiter.limited("192.0.2.1"), other = RequestLimiter.limited("192.0.2.2")
        let given = (0..<3).map { _ in quick.answer(Self.request(.get, Self.package), from: nil, block) != nil
        }
        #expect(given == [true, true, false])
        #expect(quick.answer(Self.request(.get, Self.package), from: nil, other) != nil)
    }

    @Test("Whether it was looked up or known, an answer is the same to clients, the log and the metrics")
    func sameAnswers() async throws {
        let scene = try await Scene()
        let server = HostedServer(parts: scene.parts, areas: [])
        let asked: [(HTTPRequest.Method, String, HTTPFields)] = [
            (.get, Self.package, [:]), (.head, Self.package, [:]), (.get, Self.index, [:]),
            (.head, Self.index, [:]), (.get, Self.package, [.ifNoneMatch: ServingScene.tag]),
            (.head, Self.package, [.ifNoneMatch: ServingScene.tag]),
        ]
        try await server.application(host: "127.0.0.1", port: 0) { _ in }.test(.live) { client in
            for (method, path, fields) in asked {
                func answer(_ target: String) async throws -> [String] {
                    let answer = try await client.execute(uri: target, method: method, headers: fields)
                    let shown = answer.headers.filter { $0.name != .date }.map { "\($0.name): \($0.value)" }
                    return ["\(answer.status.code)"] + shown.sorted() + [String(buffer: answer.body)]
                }
                // A write makes the server forget.
                try await scene.parts.database.write { _ in }
                let first = try await answer(path)
                #expect(try await answer(path) == first, "\(method) \(path)")
                // What has a query is always looked up.
                #expect(try await answer("\(path)?a") == first, "\(method) \(path)")
            }
        }
        let lines = scene.lines.all.filter { $0.contains("path=/main") }.map(Self.unnumbered)
        #expect(lines.count == 3 * asked.count)
        for start in stride(from: 0, to: lines.count, by: 3) {
            #expect(Set(lines[start..<start + 3]).count == 1, "\(lines[start])")
        }
        let text = scene.parts.metrics.text
        for (method, status, count) in [("GET", 200, 6), ("HEAD", 200, 6), ("GET", 304, 3), ("HEAD", 304, 3)]
        {
            let series = "requests_total{method=\"\(method)\",status=\"\(status)\"} \(count)\n"
            #expect(text.contains(series), "\(series)")
        }
        let bytes = 3 * (ServingScene.package.count + ServingScene.index.count)
        #expect(text.contains("kingsnake_http_answer_bytes_total \(bytes)\n"))
        #expect(text.contains("kingsnake_http_request_seconds_count \(lines.count)\n"))
    }

    /// A line of the log without the request's name and how long it took.
    private static func unnumbered(_ line: String) -> String {
        line.components(separatedBy: " ").filter { !$0.hasPrefix("request=") && !$0.hasPrefix("ms=") }
            .joined(separator: " ")
    }

    @Test("Requests that are sent together are answered in their order, from memory or not")
    func pipelined() async throws {
        let scene = try await Scene()
        let server = HostedServer(parts: scene.parts, areas: [])
        try await server.application(host: "127.0.0.1", port: 0) { _ in }.test(.live) { client in
            let connection = try RawConnection(port: try #require(client.port))
            defer { connection.close() }
            let paths = (0..<300).map { number in
                switch number % 4 {
                case 0: Self.package
                case 1: "/main/noarch/none-\(number)-0.conda"
                case 2: Self.index
                default: "/main/noarch/a-1-0.conda?\(number)"
                }
            }
            let all = paths.map { "GET \($0) HTTP/1.1\r\nHost: x\r\n\r\n" }.joined()
            connection.send(all + "GET /main/notices.json HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            let text = String(decoding: await connection.read(), as: UTF8.self)
            let statuses = text.components(separatedBy: "HTTP/1.1 ").dropFirst().map { $0.prefix(3) }
            #expect(statuses.dropLast().elementsEqual(paths.map { $0.contains("none") ? "404" : "200" }))
            #expect(text.hasSuffix(#"{"notices":[]}"#))
        }
    }
}

/// Lines that a logger wrote.
private final class LogLines: Sendable {
    private let lines = Mutex<[String]>([])

    func add(_ line: String) { lines.withLock { $0.append(line) } }
    var all: [String] { lines.withLock { $0 } }
}
