// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import NIOCore
internal import TUF
internal import TrustCore

/// The administration over HTTP: `/api/v1/users`, `/api/v1/keys` and `/api/v1/channels`, and what is below a channel: see
/// ``Administration``.
struct AdministrationRoutes: ServerRoutes {
    let parts: ServerParts
    var issuers: TokenIssuers = .usual
    var keys: ChannelKeys?

    /// How long the body of a request may be, if it is not one of ``LargeBody``.
    static let maximumBodyLength = 64 * 1024

    func add(to router: Router<ServerContext>) {
        let api = router.group("/api/v1")
        for path in ["/users", "/keys", "/channels"] {
            route(api, .get, path)
            route(api, .post, path)
        }
        for path in ["/users/{user}", "/channels/{channel}"] {
            route(api, .get, path)
            route(api, .put, path)
        }
        route(api, .delete, "/users/{user}")
        route(api, .delete, "/keys/{key}")
        route(api, .get, "/channels/{channel}/members")
        route(api, .put, "/channels/{channel}/members/{user}")
        route(api, .delete, "/channels/{channel}/members/{user}")
        route(api, .get, "/channels/{channel}/publishers")
        route(api, .post, "/channels/{channel}/publishers")
        route(api, .post, "/channels/{channel}/publishers/test")
        route(api, .delete, "/channels/{channel}/publishers/{number}")
        route(api, .get, "/channels/{channel}/files")
        for change in FileStateChange.allCases {
            route(api, .post, "/channels/{channel}/files/{subdir}/{file}/\(change.rawValue)")
        }
        guard keys != nil else { return }
        route(api, .get, "/channels/{channel}/signing")
        route(api, .post, "/channels/{channel}/signing/keys")
        route(api, .delete, "/channels/{channel}/signing/keys/{fingerprint}")
        route(api, .get, "/channels/{channel}/tuf")
        route(api, .post, "/channels/{channel}/tuf/proposal")
        route(api, .post, "/channels/{channel}/tuf/ceremony")
        route(api, .put, "/channels/{channel}/maintainers/{package}")
        for method in [AdministrationRequest.Method.get, .put, .delete] {
            route(api, method, "/channels/{channel}/content-trust")
        }
        route(api, .post, "/channels/{channel}/content-trust/keys")
        for method in [AdministrationRequest.Method.put, .delete] {
            route(api, method, "/channels/{channel}/index/patches/{subdir}")
        }
    }

    /// The collections in which a `POST` makes something.
    private static let collections: Set<String> = ["users", "keys", "channels", "publishers"]

    private func route(
        _ router: RouterGroup<ServerContext>,
        _ method: AdministrationRequest.Method,
        _ path: String
    ) {
        guard let verb = HTTPRequest.Method(method.rawValue) else { return }
        router.on(RouterPath(path), method: verb) { request, context in
            try await answer(method, request, context)
        }
    }

    private func answer(
        _ method: AdministrationRequest.Method,
        _ request: Request,
        _ context: ServerContext
    ) async throws -> Response {
        let path = try Self.path(request.uri.path)
        let answer = try await administration(context).answer(
            AdministrationRequest(
                method,
                path,
                query: try Self.query(request.uri.query ?? ""),
                content: try await body(request, method, path, context)
            ),
            by: .caller(context.caller)
        )
        return Response(
            status: method == .post && path.last.map(Self.collections.contains) ?? false ? .created : .ok,
            headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: JSONWriter.encode(.object(answer))))
        )
    }

    private func administration(_ context: ServerContext) -> Administration {
        let logger = context.logger
        return Administration(
            parts: parts,
            issuers: issuers,
            keys: keys,
            recorded: { change in
                var metadata = Logger.Metadata()
                for (name, value) in change.details { metadata[name] = .string(value) }
                metadata["by"] = .string(change.by)
                metadata["event"] = .string(change.event)
                logger.notice("administration", metadata: metadata)
                // A new channel needs an index.
                if change.event.utf8.starts(with: "channel-".utf8) { parts.changed() }
            }
        )
    }

    /// The parts behind `/api/v1/`.
    private static func path(_ path: String) throws -> [String] {
        try path.split(separator: "/").dropFirst(2).map { try decoded($0) }
    }

    private static func query(_ text: String) throws -> [String: String] {
        var query: [String: String] = [:]
        for pair in text.split(separator: "&").prefix(100) {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            query[try decoded(parts[0])] = parts.count == 2 ? try decoded(parts[1]) : ""
        }
        return query
    }

    private static func decoded(_ text: Substring) throws -> String {
        guard let decoded = PercentEncoding.decode(text) else {
            throw Refusal(ServerCode.requestMalformed, "the address", expected: "percent-encoded UTF-8")
        }
        return decoded
    }

    /// All of a body. One that may be long is read only for whoever may do what it is for.
    private func body(
        _ request: Request,
        _ method: AdministrationRequest.Method,
        _ path: [String],
        _ context: ServerContext
    ) async throws -> [UInt8] {
        var limit = Self.maximumBodyLength
        if let large = LargeBody(method, path) {
            limit = large.maximumLength
            _ = try await parts.channel(
                path[1],
                for: large.action,
                of: context.caller,
                package: large.package
            )
        }
        let body = SmallBody(limit)
        try await BodyPace.receive(request, UploadLimits()) { try await body.write($0) }
        return await body.bytes
    }
}

/// A request whose body may be long, and what whoever sends it must be allowed to do.
private struct LargeBody {
    let action: ServerAction
    let maximumLength: Int
    var package: String?

    init?(_ method: AdministrationRequest.Method, _ path: [String]) {
        if method == .put, path.count == 3, path[2] == "content-trust" {
            (action, maximumLength) = (.acceptSignatures, Administration.maximumTrust)
            return
        }
        guard path.count > 3 else { return nil }
        switch (method, path[2], path[3]) {
        case (.post, "tuf", "proposal"):
            (action, maximumLength) = (.acceptSignatures, ProposalRequest.maximumLength)
        case (.post, "tuf", "ceremony"):
            (action, maximumLength) = (.acceptSignatures, Administration.maximumCeremony)
        case (.put, "index", "patches"):
            (action, maximumLength) = (.manageChannel, RepodataPatch.maximumLength)
        case (.put, "maintainers", let name):
            (action, maximumLength) = (.acceptSignatures, MaintainersList.maximumLength)
            package = (try? PackageName(name))?.normalized
        default: return nil
        }
    }
}
