// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import TrustCore
internal import TrustPolicy

/// The routes of trusted publishing: tokens of build services are exchanged for keys, in the forms that clients of
/// prefix.dev and of PyPI know; and a channel's publishers are named.
struct TrustedPublishingRoutes: ServerRoutes {
    /// The longest request, in bytes: a token and room for what comes with it.
    static let maximumLength = 64 << 10
    private static let limits = JSONLimits(bytes: maximumLength, depth: 8, values: 4_096)

    private let parts: ServerParts
    private let exchange: TokenExchange
    private let publishers: TrustedPublishers

    /// - Parameters:
    ///   - parts: what all areas work with.
    ///   - issuers: whose tokens are believed.
    ///   - services: asks issuers for their keys.
    init(_ parts: ServerParts, issuers: TokenIssuers, services: any ServiceCaller) {
        self.parts = parts
        exchange = TokenExchange(
            parts: parts,
            verifier: TokenVerifier(issuers, publicURL: parts.publicURL, services: services)
        )
        publishers = TrustedPublishers(
            parts.database,
            issuers: issuers,
            publicURL: parts.publicURL,
            now: parts.now
        )
    }

    func add(to router: Router<ServerContext>) {
        // prefix.dev's: the answer is the key itself, without a line's end.
        router.post("/api/oidc/mint_token") { request, _ in
            let key = try await mint(request)
            return Self.response(.ok, "text/plain; charset=utf-8", Array(key.secret.text.utf8))
        }
        // PyPI's.
        router.post("/_/oidc/mint-token") { request, _ in
            let key = try await mint(request)
            var answer = JSONObject()
            answer["success"] = true
            answer["token"] = .string(key.secret.text)
            answer["expires"] = .number(JSONNumber(key.expires.seconds))
            return Self.json(.ok, answer)
        }
        router.get("/_/oidc/audience") { _, _ in
            guard let audience = exchange.verifier.audience else {
                throw Failure(.configuration, "the server's address has no host name")
            }
            var answer = JSONObject()
            answer["audience"] = .string(audience)
            return Self.json(.ok, answer)
        }
        let administration = router.group("/api/v1/channels/:channel/publishers")
        administration.get { _, context in try await list(context) }
        administration.post { request, context in try await name(request, context) }
        administration.delete("/:id") { _, context in try await remove(context) }
    }

    // MARK: - Keys for tokens

    private func mint(_ request: Request) async throws -> TokenExchange.MintedKey {
        guard request.uri.queryParameters["token"] == nil else {
            throw Refusal(OIDCCode.tokenInQuery, "the request")
        }
        let object = try await Self.object(request)
        guard let token = object["token"]?.string else {
            throw Refusal(OIDCCode.request, "the request", expected: "`token`, as text")
        }
        return try await exchange.key(for: token)
    }

    // MARK: - A channel's publishers

    private func list(_ context: ServerContext) async throws -> Response {
        let channel = try await channel(context, nil)
        var answer = JSONObject()
        answer["publishers"] = .array(try await publishers.list(channel).map { .object($0.json) })
        return Self.json(.ok, answer)
    }

    private func name(_ request: Request, _ context: ServerContext) async throws -> Response {
        let fields = JSONFields(try await Self.object(request), of: "the request")
        let known = WorkloadDemand.memberNames + ["packages", "pending"]
        for key in fields.object.keys where !known.contains(where: { ByteKey.areEqual($0, key) }) {
            throw WorkloadDemand.wrong(key, "nothing: there is no such member")
        }
        let packages = try fields.strings("packages"), isPending = try fields.optionalBool("pending") ?? false
        let demand = try WorkloadDemand(fields)
        let patterns = try TrustedPublisher.patterns(packages, isPending: isPending)
        let channel = try await self.channel(context, patterns)
        let publisher = try await publishers.add(
            packages,
            demand,
            isPending: isPending,
            to: channel,
            by: context.caller.holder
        )
        parts.changed()
        return Self.json(.created, publisher.json)
    }

    private func remove(_ context: ServerContext) async throws -> Response {
        // Whoever may not even know of the channel is refused before the number is looked at.
        let found = try await parts.database.read { transaction -> TrustedPublisher? in
            guard let name = context.parameters.get("channel").flatMap({ try? ChannelName($0) }),
                let id = context.parameters.get("id").flatMap({ Int64($0) }),
                let channel = try transaction.channel(name)
            else { return nil }
            return try transaction.trustedPublishers(of: channel.id).first { $0.id == id }
        }
        let channel = try await channel(context, found?.packages)
        guard let found else { throw Refusal(OIDCCode.publisherUnknown, "the publisher") }
        let gone = try await publishers.remove(found.id, of: channel, by: context.caller.holder)
        parts.changed()
        return Self.json(.ok, gone.json)
    }

    /// The channel of a request, whose publishers the caller may manage: of each package by name, or of all of them.
    private func channel(_ context: ServerContext, _ patterns: [PackagePattern]?) async throws
        -> HostedChannel
    {
        let name = context.parameters.get("channel") ?? ""
        let names: [String?] = (patterns ?? [.all]).map { pattern in
            guard case .exactly(let name) = pattern else { return nil }
            return name.normalized
        }
        var channel: HostedChannel?
        for package in names {
            channel = try await parts.channel(
                name,
                for: .managePublishers,
                of: context.caller,
                package: package
            )
        }
        guard let channel else { throw Refusal(ServerCode.channelUnknown, name) }
        return channel
    }

    // MARK: - Requests and answers

    private static func object(_ request: Request) async throws -> JSONObject {
        let wrong = Refusal(
            OIDCCode.request,
            "the request",
            expected: "a JSON object of at most \(maximumLength) bytes"
        )
        guard let buffer = try? await request.body.collect(upTo: maximumLength) else { throw wrong }
        // The reader's own refusal may quote the text, which may be a token.
        guard
            let value = try? JSONReader.read(
                Array(buffer.readableBytesView),
                of: "the request",
                limits: limits
            ),
            let object = value.object
        else { throw wrong }
        return object
    }

    private static func json(_ status: HTTPResponse.Status, _ object: JSONObject) -> Response {
        response(status, "application/json", JSONWriter.encode(.object(object)))
    }

    private static func response(_ status: HTTPResponse.Status, _ mediaType: String, _ body: [UInt8])
        -> Response
    {
        Response(
            status: status,
            headers: [.contentType: mediaType, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body))
        )
    }
}
