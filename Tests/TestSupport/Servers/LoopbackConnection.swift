// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// One connection to a ``LoopbackServer``: request after request, until one side has enough.
struct LoopbackConnection: Sendable {
    typealias Wire = NIOAsyncChannel<HTTPServerRequestPart, HTTPPart<HTTPResponseHead, ByteBuffer>>
    typealias Writer = NIOAsyncChannelOutboundWriter<HTTPPart<HTTPResponseHead, ByteBuffer>>

    private let wire: Wire
    private let server: LoopbackServer.Shared

    init(_ wire: Wire, _ server: LoopbackServer.Shared) {
        self.wire = wire
        self.server = server
    }

    static func prepare(_ channel: any Channel) throws -> Wire {
        try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
        try channel.pipeline.syncOperations.addHandler(ByteBufferResponses())
        return try Wire(wrappingChannelSynchronously: channel)
    }

    /// What goes wrong on a connection is the client's business: nothing is thrown.
    func serve() async {
        try? await wire.executeThenClose { inbound, outbound in
            var head: HTTPRequestHead?
            var body = ByteBuffer()
            for try await part in inbound {
                switch part {
                case .head(let received):
                    head = received
                    body.clear()
                    // RFC 9110 10.1.1: the client waits with the body until it hears that it is wanted.
                    if received.headers[canonicalForm: "expect"].contains("100-continue") {
                        try await outbound.write(
                            .head(HTTPResponseHead(version: .http1_1, status: .continue))
                        )
                    }
                case .body(let piece):
                    guard body.readableBytes + piece.readableBytes <= server.longestBody else {
                        return try await refuseBody(outbound)
                    }
                    body.writeImmutableBuffer(piece)
                case .end:
                    guard let received = head else { return }
                    let request = LoopbackRequest(received, body: Array(body.readableBytesView))
                    let goesOn = try await answer(request, by: server.behaviour(for: request), outbound)
                    guard goesOn, received.isKeepAlive else { return }
                }
            }
        }
    }

    /// Says that a body is too long, and reads no more of it.
    private func refuseBody(_ writer: Writer) async throws {
        var response = ServedResponse.text(413, "content too large")
        response.headers.append(("Connection", "close"))
        try await begin(response, writer)
        try await send(response.body, writer)
        try await writer.write(.end(nil))
    }

    /// Answers whether the connection can be used for another request.
    private func answer(
        _ request: LoopbackRequest,
        by behaviour: ServerBehaviour,
        _ writer: Writer
    ) async throws -> Bool {
        var response = server.folder.response(to: request)
        switch behaviour {
        case .normal: break
        case .status(let status): response = .text(status, "status \(status)")
        case .replace(let bytes): response = ServedResponse(status: 200, body: Data(bytes))
        case .respond(let status, let headers, let body):
            response = ServedResponse(status: status, headers: headers, body: Data(body))
        case .altered: response.body = Self.altered(response.body)
        case .redirect(let location, let status):
            response = .text(status, "elsewhere")
            response.headers.append(("Location", location))
        case .truncate(let length):
            try await begin(response, writer)
            try await send(response.body.prefix(max(0, length)), writer)
            return false
        case .reset(let length):
            try await begin(response, writer)
            try await send(response.body.prefix(max(0, length)), writer)
            try await reset()
            return false
        case .hangUp:
            return false
        case .endless:
            try await sendWithoutEnd(writer)
            return false
        case .drip(let rate):
            try await begin(response, writer)
            try await drip(response.body, max(1, rate), writer)
            try await writer.write(.end(nil))
            return true
        case .other(let path, let then):
            return try await answer(request.asking(for: path), by: then, writer)
        case .delay(let pause, let then):
            try await Task.sleep(for: pause)
            return try await answer(request, by: then, writer)
        case .silence:
            try await Task.sleep(for: .seconds(3600))
            return false
        }
        try await begin(response, writer)
        if request.method != "HEAD" { try await send(response.body, writer) }
        try await writer.write(.end(nil))
        return true
    }

    private func begin(_ response: ServedResponse, _ writer: Writer) async throws {
        var headers = HTTPHeaders(response.headers)
        // A scripted answer may announce another length than it has.
        if response.status != 304, !headers.contains(name: "Content-Length") {
            headers.add(name: "Content-Length", value: "\(response.body.count)")
        }
        let status = HTTPResponseStatus(statusCode: response.status)
        try await writer.write(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers)))
    }

    private func send(_ body: Data, _ writer: Writer) async throws {
        var rest = body[...]
        while !rest.isEmpty {
            let chunk = rest.prefix(256 * 1024)
            rest = rest.dropFirst(chunk.count)
            try await writer.write(.body(ByteBuffer(bytes: chunk)))
        }
    }

    private func drip(_ body: Data, _ rate: Int, _ writer: Writer) async throws {
        // Up to twenty drops a second.
        let drop = max(1, rate / 20)
        var rest = body[...]
        while !rest.isEmpty {
            let chunk = rest.prefix(drop)
            rest = rest.dropFirst(chunk.count)
            try await writer.write(.body(ByteBuffer(bytes: chunk)))
            try await Task.sleep(for: .seconds(Double(chunk.count) / Double(rate)))
        }
    }

    private func sendWithoutEnd(_ writer: Writer) async throws {
        try await writer.write(.head(HTTPResponseHead(version: .http1_1, status: .ok)))
        let chunk = ByteBuffer(repeating: 0x41, count: 64 * 1024)
        while !Task.isCancelled { try await writer.write(.body(chunk)) }
    }

    /// Closes so that the client sees a reset instead of an end.
    private func reset() async throws {
        // Give the client the time to read what was sent before; a reset discards what is in flight.
        try await Task.sleep(for: .milliseconds(30))
        if let socket = wire.channel as? any SocketOptionProvider {
            try await socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        }
        try await wire.channel.close()
    }

    private static func altered(_ body: Data) -> Data {
        var bytes = Data(body)
        if !bytes.isEmpty { bytes[bytes.startIndex + bytes.count / 2] ^= 1 }
        return bytes
    }
}
