// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import TrustCore

/// Makes the response for something that is there and may be read: all of it, parts, or that there is no need.
struct ResourceResponder: Sendable {
    /// Random bytes that nobody can guess.
    let random: @Sendable (Int) -> [UInt8]
    /// Whether connections take files as bodies: not where they are encrypted in this process.
    let sendsFiles: Bool

    /// The response.
    ///
    /// - Parameter open: finds the bytes, before anything is answered; not called where none are needed.
    /// - Throws: `server.precondition-failed`, and what `open` throws.
    func response(
        _ resource: ServedResource,
        _ request: Request,
        _ context: ServerContext,
        now: Timestamp,
        open: () async throws -> BodySource
    ) async throws -> Response {
        let answer = ResourceAnswer(resource, request.method, request.headers, now: now)
        var fields = resource.fields(now: now)
        switch answer {
        case .notModified:
            return Response(status: .notModified, headers: fields)
        case .preconditionFailed:
            throw Refusal(ServerCode.preconditionFailed, request.uri.path)
        case .unsatisfiable:
            fields[.contentRange] = "bytes */\(resource.size)"
            fields[.contentLength] = "0"
            fields[.cacheControl] = "no-store"
            return Response(status: .rangeNotSatisfiable, headers: fields)
        case .whole:
            fields += resource.fieldsOfWhole
            guard request.method == .get else { return Response(status: .ok, headers: fields) }
            return try await response(.ok, fields, [("", 0..<resource.size)], "", context, open)
        case .part(let range):
            fields[.contentType] = resource.mediaType
            fields[.contentRange] = Self.contentRange(range, resource)
            fields[.contentLength] = "\(range.count)"
            return try await response(.partialContent, fields, [("", range)], "", context, open)
        case .parts(let ranges):
            return try await response(of: ranges, fields, resource, context, open)
        }
    }

    private static func contentRange(_ range: Range<UInt64>, _ resource: ServedResource) -> String {
        "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(resource.size)"
    }

    /// Several parts (RFC 9110 14.6). The boundary is random, so that no file can hold it on purpose.
    private func response(
        of ranges: [Range<UInt64>],
        _ fields: HTTPFields,
        _ resource: ServedResource,
        _ context: ServerContext,
        _ open: () async throws -> BodySource
    ) async throws -> Response {
        let boundary = Hex.encode(random(16))
        var fields = fields
        fields[.contentType] = "multipart/byteranges; boundary=\(boundary)"
        let pieces = ranges.map { range in
            (
                "\r\n--\(boundary)\r\nContent-Type: \(resource.mediaType)\r\n"
                    + "Content-Range: \(Self.contentRange(range, resource))\r\n\r\n",
                range
            )
        }
        let end = "\r\n--\(boundary)--\r\n"
        let length = pieces.reduce(UInt64(end.utf8.count)) {
            $0 + UInt64($1.0.utf8.count) + UInt64($1.1.count)
        }
        fields[.contentLength] = "\(length)"
        return try await response(.partialContent, fields, pieces, end, context, open)
    }

    /// A response whose body is parts of a file, with text before each and at the end.
    private func response(
        _ status: HTTPResponse.Status,
        _ fields: HTTPFields,
        _ pieces: [(text: String, range: Range<UInt64>)],
        _ end: String,
        _ context: ServerContext,
        _ open: () async throws -> BodySource
    ) async throws -> Response {
        let source = try await open()
        if pieces.count == 1, case .buffer(let buffer) = source {
            // The shortest way, for most of what is served.
            let range = Int(pieces[0].range.lowerBound)..<Int(pieces[0].range.upperBound)
            guard let slice = buffer.getSlice(at: range.lowerBound, length: range.count) else {
                throw Failure(.disk, "a file that the server keeps is shorter than it was")
            }
            return Response(status: status, headers: fields, body: ResponseBody(byteBuffer: slice))
        }
        let connection = sendsFiles ? context.channel : nil
        let length = fields[.contentLength].flatMap { Int($0) }
        let body = ResponseBody(contentLength: length) { writer in
            for (text, range) in pieces {
                if !text.isEmpty { try await writer.write(ByteBuffer(string: text)) }
                try await source.write(range, to: &writer, connection)
            }
            if !end.isEmpty { try await writer.write(ByteBuffer(string: end)) }
            try await writer.finish(nil)
        }
        return Response(status: status, headers: fields, body: body)
    }
}
