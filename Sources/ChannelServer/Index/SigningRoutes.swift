// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import TUF
internal import TrustCore

/// How a channel's offline keys and the server work together, and what its owner corrects in its index, below
/// `/api/v1/channels/CHANNEL/`:
///
/// - `GET signing`: what is signed, by which online keys, and until when.
/// - `POST tuf/proposal`: a proposal to be signed, in the form of `kingsnake root`; see ``ProposalRequest``.
/// - `POST tuf/ceremony`: a proposal that enough of the offline keys have signed.
/// - `PUT index/patches/SUBDIR`: what is corrected in records; see ``RepodataPatch``. `DELETE` takes it away.
public struct SigningRoutes: ServerRoutes {
    let parts: ServerParts
    let keys: ChannelKeys

    /// Makes the routes.
    public init(parts: ServerParts, keys: ChannelKeys) {
        self.parts = parts
        self.keys = keys
    }

    func add(to router: Router<ServerContext>) {
        let channel = router.group("/api/v1/channels/:channel")
        channel.get("signing") { _, context in
            let channel = try await self.channel(context, for: .read)
            return Self.json(try await SigningReport(of: indexer(channel)).json)
        }
        channel.post("tuf/proposal") { request, context in
            let channel = try await self.channel(context, for: .acceptSignatures)
            let body = try await Self.body(request, atMost: ProposalRequest.maximumLength)
            let intake = CeremonyIntake(parts: parts, keys: keys, channel: channel)
            return Self.response(try await ProposalRequest(parsing: body).proposal(intake).encoded())
        }
        channel.post("tuf/ceremony") { request, context in
            let channel = try await self.channel(context, for: .acceptSignatures)
            let body = try await Self.body(request, atMost: CeremonyProposal.maximumLength)
            let ceremony = try FinishedCeremony(CeremonyProposal(parsing: body), now: parts.now())
            try await CeremonyIntake(parts: parts, keys: keys, channel: channel).accept(ceremony)
            parts.changed()
            return Self.json(try await SigningReport(of: indexer(channel)).json)
        }
        channel.put("index/patches/:subdir") { request, context in
            let channel = try await self.channel(context, for: .manageChannel)
            let subdir = try Subdir(try context.parameters.require("subdir"))
            let body = try await Self.body(request, atMost: RepodataPatch.maximumLength)
            _ = try RepodataPatch(parsing: body, of: "the patch")
            try await setPatch(body, subdir, channel)
            return Response(status: .noContent)
        }
        channel.delete("index/patches/:subdir") { _, context in
            let channel = try await self.channel(context, for: .manageChannel)
            try await setPatch(nil, try Subdir(try context.parameters.require("subdir")), channel)
            return Response(status: .noContent)
        }
    }

    private func channel(_ context: ServerContext, for action: ServerAction) async throws -> HostedChannel {
        try await parts.channel(try context.parameters.require("channel"), for: action, of: context.caller)
    }

    private func indexer(_ channel: HostedChannel) -> ChannelIndexer {
        ChannelIndexer(parts: parts, keys: keys, channel: channel)
    }

    /// Puts a patch in force, or takes it away; the index follows.
    private func setPatch(_ bytes: [UInt8]?, _ subdir: Subdir, _ channel: HostedChannel) async throws {
        let path = ChannelLayout.file(PackageRefresh.patchName, in: subdir)
        let scope = HostedDocument.Scope.channel(channel.id)
        let now = parts.now()
        var document: HostedDocument?
        if let bytes {
            document = HostedDocument(
                scope: scope,
                path: path,
                blob: try await parts.blobs.put(bytes),
                size: UInt64(bytes.count),
                mediaType: "application/json",
                isImmutable: false,
                modified: now
            )
        }
        let new = document
        try await parts.database.write { transaction in
            if let new {
                try transaction.put([new])
            } else {
                try transaction.removeDocuments([path], in: scope)
            }
            try transaction.markStale(subdir, of: channel.id, package: nil)
        }
        parts.changed()
    }

    private static func body(_ request: Request, atMost limit: Int) async throws -> [UInt8] {
        var request = request
        return Array(buffer: try await request.collectBody(upTo: limit))
    }

    private static func json(_ object: JSONObject) -> Response {
        response(JSONWriter.encode(.object(object), .indented) + [0x0A])
    }

    private static func response(_ bytes: [UInt8]) -> Response {
        Response(
            status: .ok,
            headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        )
    }
}
