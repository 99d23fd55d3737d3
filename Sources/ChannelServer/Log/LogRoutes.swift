// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import TrustCore

/// Serves logs: `/log/…` is the server's, `/<channel>/log/…` a private channel's, which demands the right to
/// read.
///
/// A public channel has no log of its own: its entries are in the server's.
struct LogRoutes: ServerRoutes {
    let parts: ServerParts

    func add(to router: Router<ServerContext>) {
        for method in [HTTPRequest.Method.get, .head] {
            router.on("/log/**", method: method) { request, context in
                let log = try await parts.database.read { try $0.logs().first { $0.channel == nil } }
                return try await respond(to: request, log, Self.rest(context))
            }
            router.on("/:channel/log/**", method: method) { request, context in
                let name = try context.parameters.require("channel")
                let channel = try await parts.channel(name, for: .read, of: context.caller)
                let log = try await parts.database.read { try $0.logs().first { $0.channel == channel.id } }
                return try await respond(to: request, log, Self.rest(context))
            }
        }
    }

    private static func rest(_ context: ServerContext) -> String {
        context.parameters.getCatchAll().joined(separator: "/")
    }

    private func respond(to request: Request, _ log: HostedLog?, _ path: String) async throws -> Response {
        guard let log,
            let document = try await parts.database.read({ try $0.document(path, in: .log(log.id)) })
        else { throw Refusal(ServerCode.notFound, request.uri.path) }
        let tag = "\"\(document.blob.hex)\""
        var headers: HTTPFields = [
            .contentType: document.mediaType, .eTag: tag,
            .cacheControl: cacheControl(document, isPrivate: log.channel != nil),
        ]
        let known = request.headers[.ifNoneMatch].map { $0.utf8.split(separator: UInt8(ascii: ",")) } ?? []
        if known.contains(where: { Self.trimmed($0).elementsEqual(tag.utf8) }) {
            return Response(status: .notModified, headers: headers)
        }
        headers[.contentLength] = String(document.size)
        guard request.method == .get else { return Response(status: .ok, headers: headers) }
        let bytes = try await parts.blobs.bytes(
            of: document.blob,
            maximumLength: EntryBundle.maximumLength
        )
        return Response(
            status: .ok,
            headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        )
    }

    /// C2SP tlog-tiles: the checkpoint not beyond a few seconds, tiles for ever.
    private func cacheControl(_ document: HostedDocument, isPrivate: Bool) -> String {
        let age = document.isImmutable ? "max-age=31536000, immutable" : "max-age=5"
        return (isPrivate ? "private, " : "public, ") + age
    }

    private static func trimmed(_ text: Substring.UTF8View) -> ArraySlice<UInt8> {
        var bytes = Array(text)[...]
        while bytes.first == 0x20 { bytes.removeFirst() }
        while bytes.last == 0x20 { bytes.removeLast() }
        if bytes.starts(with: "W/".utf8) { bytes = bytes.dropFirst(2) }
        return bytes
    }
}
