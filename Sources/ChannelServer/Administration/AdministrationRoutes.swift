// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import NIOCore
internal import TrustCore

/// The administration over HTTP: `/api/v1/users`, `/api/v1/keys` and `/api/v1/channels`.
struct AdministrationRoutes: ServerRoutes {
    let parts: ServerParts

    /// How long the body of a request may be.
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
    }

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
        let answer = try await administration(context).answer(
            AdministrationRequest(
                method,
                try Self.path(request.uri.path),
                query: try Self.query(request.uri.query ?? ""),
                body: try await Self.body(request)
            ),
            by: .caller(context.caller)
        )
        return Response(
            status: method == .post ? .created : .ok,
            headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: JSONWriter.encode(.object(answer))))
        )
    }

    private func administration(_ context: ServerContext) -> Administration {
        let logger = context.logger
        return Administration(
            database: parts.database,
            access: parts.access,
            quotas: parts.quotas,
            now: parts.now,
            random: parts.random,
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

    private static func body(_ request: Request) async throws -> JSONObject {
        var bytes: [UInt8] = []
        for try await piece in request.body {
            bytes += piece.readableBytesView
            guard bytes.count <= maximumBodyLength else {
                throw Refusal(
                    ServerCode.requestMalformed,
                    "the body",
                    expected: "at most \(maximumBodyLength) bytes"
                )
            }
        }
        if bytes.isEmpty { return JSONObject() }
        do {
            return try JSONFields(try JSONReader.read(bytes, of: "the body"), of: "the body").object
        } catch let refusal as Refusal {
            throw Refusal(
                ServerCode.requestMalformed,
                "the body",
                expected: refusal.expected ?? "a JSON object",
                found: refusal.found,
                cause: refusal
            )
        }
    }
}
