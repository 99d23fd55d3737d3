// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import TrustCore

/// Answers GET and HEAD for channels' files; everything else is the routes'.
///
/// A path is a file's if it has two plain parts or more, the first is no word of the server's own, and the
/// second is not `packages`, below which there are pages.
struct ChannelFilesResponder<Routes: HTTPResponder>: HTTPResponder where Routes.Context == ServerContext {
    typealias Context = ServerContext

    let routes: Routes
    let parts: ServerParts
    let bodies: BlobBodies
    /// What paths led to a moment ago; nil where that is not kept.
    let known: FoundPaths?
    /// Is told what was found, for the next who ask; nil where nobody asks it.
    let quick: QuickAnswers?
    /// Whether connections take files as bodies: not where they are encrypted in this process.
    let sendsFiles: Bool

    func respond(to request: Request, context: ServerContext) async throws -> Response {
        guard request.method == .get || request.method == .head else {
            return try await routes.respond(to: request, context: context)
        }
        switch ServedPath.read(request.head.path ?? "/") {
        case .malformed:
            throw Refusal(ServerCode.requestMalformed, "the path", expected: "plain parts between slashes")
        case .parts(let path) where Self.isFile(path):
            return try await answer(path, request, context)
        case .other, .parts:
            return try await routes.respond(to: request, context: context)
        }
    }

    private static func isFile(_ path: ServedPath) -> Bool {
        guard path.parts.count >= 2, path.parts[1] != "packages" else { return false }
        return path.parts[0] == "log" || !ChannelName.reserved.contains(path.parts[0])
    }

    private func answer(_ path: ServedPath, _ request: Request, _ context: ServerContext) async throws
        -> Response
    {
        let isNotices = path.parts.count == 2 && path.parts[1] == "notices.json"
        do {
            let resource = try await resource(path, context.caller, as: request.head.path ?? "/")
            return try await response(resource, request, context)
        } catch is Refusal where isNotices {
            // conda asks for these without its token, also of channels that it may not read, and of those the
            // answer must not tell that they are there.
            return Self.noNotices(request.method)
        }
    }

    private func resource(_ path: ServedPath, _ caller: Caller, as target: String) async throws
        -> ServedResource
    {
        let name = path.parts[0]
        let moment = known?.moment
        if let moment, let entry = known?.resource(path, at: moment) {
            quick?.keep(entry.resource, of: entry.channel, as: target, since: moment)
            try await demandReading(entry.channel, caller)
            return entry.resource
        }
        let found = try await ChannelFiles(database: parts.database).find(path)
        let nothing = Refusal(ServerCode.notFound, path.parts.joined(separator: "/"))
        switch found {
        case .unknown:
            throw name == "log" ? nothing : parts.access.unknownChannel(name, to: caller)
        case .resource(let resource, let channel):
            if let moment {
                known?.keep((resource, channel), path, since: moment)
                quick?.keep(resource, of: channel, as: target, since: moment)
            }
            try await demandReading(channel, caller)
            return resource
        case .attestations(let sidecar, let channel):
            try await demandReading(channel, caller)
            guard let size = try await parts.blobs.size(of: sidecar.blob) else { throw nothing }
            return sidecar.resource(size: size)
        case .nothing(let channel):
            try await demandReading(channel, caller)
            throw nothing
        case .removed(let channel):
            try await demandReading(channel, caller)
            throw Refusal(ServerCode.fileRemoved, path.parts.joined(separator: "/"))
        case .notYet(let channel):
            try await demandReading(channel, caller)
            // Not 404: a client may remember for ever that a subdir has no index of shards.
            throw Failure(.disk, "the index of `\(path.parts.joined(separator: "/"))` is not made yet")
        }
    }

    /// What everybody may read needs no question.
    private func demandReading(_ channel: HostedChannel?, _ caller: Caller) async throws {
        guard let channel, channel.visibility != .everybody else { return }
        try await parts.access.demand(.read, of: caller, on: channel, package: nil)
    }

    private static func noNotices(_ method: HTTPRequest.Method) -> Response {
        let body = ByteBuffer(string: #"{"notices":[]}"#)
        return Response(
            status: .ok,
            headers: [
                .contentType: "application/json", .cacheControl: "private, max-age=300",
                .contentLength: "\(body.readableBytes)",
            ],
            body: method == .head ? ResponseBody() : ResponseBody(byteBuffer: body)
        )
    }
}
