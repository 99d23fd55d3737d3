// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import AsyncHTTPClient
internal import Foundation
internal import NIOCore
internal import NIOHTTP1
internal import Synchronization

/// Asks the server over HTTP, one attempt at a time, and says exactly how far each came.
final class SoakClient: Sendable {
    /// What came back.
    struct Reply: Sendable {
        var fate: Fate
        var body: [UInt8] = []
        /// Whether the body came to its end.
        var isWhole = false
        var trouble = ""

        var status: Int? {
            if case .answered(let status) = fate { return status }
            return nil
        }
        /// The whole body of a 200.
        var content: [UInt8]? { status == 200 && isWhole ? body : nil }
        /// The code of a refusal.
        var code: String? {
            struct Problem: Decodable { let code: String? }
            return (try? JSONDecoder().decode(Problem.self, from: Data(body)))?.code
        }
    }

    /// What is sent.
    enum Body: Sendable {
        case none
        case bytes([UInt8])
        /// Piece by piece, with or without its length; then a call.
        case pieces([UInt8], size: Int, announced: Bool, sent: @Sendable () -> Void)
    }

    private let client: HTTPClient
    private let address = Mutex("http://127.0.0.1:1")
    private let history: SoakHistory

    init(_ history: SoakHistory) {
        self.history = history
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.timeout = .init(connect: .seconds(5), read: .seconds(20), write: .seconds(20))
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    func shutdown() async { try? await client.shutdown() }

    /// Asks on this port from now on.
    func use(port: Int) { address.withLock { $0 = "http://127.0.0.1:\(port)" } }

    var url: String { address.withLock { $0 } }

    func get(_ path: String, key: String? = nil) async -> Reply {
        await ask("GET", path, fields: key.map { [("Authorization", "Bearer \($0)")] } ?? [])
    }

    /// Sends a request. What is answered with an error is kept, since others might read it.
    func ask(
        _ method: String,
        _ path: String,
        fields: [(String, String)] = [],
        body: Body = .none,
        timeout: TimeAmount = .seconds(30)
    ) async -> Reply {
        var request = HTTPClientRequest(url: url + path)
        request.method = HTTPMethod(rawValue: method)
        for (name, value) in fields { request.headers.add(name: name, value: value) }
        switch body {
        case .none: break
        case .bytes(let bytes): request.body = .bytes(ByteBuffer(bytes: bytes))
        case .pieces(let bytes, let size, let announced, let sent):
            request.body = .stream(
                Pieces(bytes: bytes, size: size, sent: sent),
                length: announced ? .known(Int64(bytes.count)) : .unknown
            )
        }
        var reply = Reply(fate: .silent)
        do {
            let response = try await client.execute(request, timeout: timeout)
            reply.fate = .answered(Int(response.status.code))
            for try await piece in response.body { reply.body += piece.readableBytesView }
            reply.isWhole = true
        } catch { reply.trouble = "\(error)" }
        if let status = reply.status, status >= 400 { history.addPublic(reply.body) }
        return reply
    }

    private struct Pieces: AsyncSequence, Sendable {
        let bytes: [UInt8]
        let size: Int
        let sent: @Sendable () -> Void

        struct AsyncIterator: AsyncIteratorProtocol {
            let pieces: Pieces
            var at = 0

            mutating func next() async throws -> ByteBuffer? {
                guard at < pieces.bytes.count else {
                    pieces.sent()
                    return nil
                }
                let end = Swift.min(at + pieces.size, pieces.bytes.count)
                defer { at = end }
                return ByteBuffer(bytes: pieces.bytes[at..<end])
            }
        }

        func makeAsyncIterator() -> AsyncIterator { AsyncIterator(pieces: self) }
    }
}
