// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import Sigstore
internal import TrustCore

/// The pages for people. They read, and change nothing; they need no script, and load nothing from anywhere else.
struct PageRoutes: ServerRoutes {
    let reader: PageReader

    /// - Parameters:
    ///   - keys: the channels' online keys, of which operators are told whether they are there.
    ///   - verifier: verifies attestations, as for uploads.
    init(
        _ parts: ServerParts,
        keys: ChannelKeys,
        verifier: @escaping @Sendable () async throws -> BundleVerifier = UploadSettings().verifier
    ) {
        reader = PageReader(
            parts: parts,
            keys: keys,
            trust: IndexTrustReader(parts),
            attestations: AttestationReader(parts, verifier: verifier)
        )
    }

    /// What a request for a page leads to.
    private enum Answer: Sendable {
        case page(Page)
        case moved(PageAddress)
    }

    func add(to router: Router<ServerContext>) {
        router.get("/assets/:file") { request, context in
            let name = try UploadRoutes.parameter("file", context)
            guard let asset = PageAsset.named(name) else {
                throw Refusal(ServerCode.notFound, "assets/\(name)")
            }
            return asset.response(to: request)
        }
        page(router, "/") { _, context in .page(try await reader.home(context.caller)) }
        page(router, "/channels") { request, context in
            try await Self.folder(request, "channels") {
                try await reader.channels(after: Self.query("after", request), context.caller)
            }
        }
        page(router, "/search") { request, context in
            .page(
                try await reader.search(
                    Self.query("q", request) ?? "",
                    after: Self.query("after", request),
                    in: Self.query("in", request),
                    context.caller
                )
            )
        }
        page(router, "/login") { _, context in .page(try await reader.login(context.caller)) }
        page(router, "/operations") { request, context in
            try await Self.folder(request, "operations") {
                try await reader.attention(after: Self.query("after", request), context.caller)
            }
        }
        page(router, "/:channel") { request, context in
            let name = try UploadRoutes.parameter("channel", context)
            return try await Self.folder(request, name) {
                try await reader.channel(name, after: Self.query("after", request), context.caller)
            }
        }
        page(router, "/:channel/packages") { _, context in
            .moved(PageAddress([try UploadRoutes.parameter("channel", context)], isFolder: true))
        }
        page(router, "/:channel/packages/:package") { request, context in
            .page(
                try await reader.package(
                    try UploadRoutes.parameter("package", context),
                    in: try UploadRoutes.parameter("channel", context),
                    number: Self.query("page", request),
                    context.caller
                )
            )
        }
        page(router, "/:channel/packages/:package/:subdir/:file") { _, context in
            .page(
                try await reader.file(
                    try UploadRoutes.parameter("file", context),
                    in: try UploadRoutes.parameter("subdir", context),
                    of: try UploadRoutes.parameter("package", context),
                    in: try UploadRoutes.parameter("channel", context),
                    context.caller
                )
            )
        }
    }

    /// Adds a page. What goes wrong is a page for browsers, and a problem for all others.
    private func page(
        _ router: Router<ServerContext>,
        _ path: RouterPath,
        _ make: @escaping @Sendable (Request, ServerContext) async throws -> Answer
    ) {
        let site = reader.site
        router.get(path) { request, context in
            do {
                switch try await make(request, context) {
                case .page(let page): return PageResponse.response(page, request, context.caller, site)
                case .moved(let address): return PageResponse.moved(to: address)
                }
            } catch {
                guard PageResponse.takesPages(request) else { throw error }
                let problem = HTTPProblem(error)
                if problem.status.kind == .serverError { context.logger.error("GET: \(error)") }
                let page = NoticePage.error(
                    problem,
                    requestID: context.requestID,
                    isLoggedIn: context.caller.holder != nil
                )
                return PageResponse.response(page, request, context.caller, site)
            }
        }
    }

    /// A page whose address ends in a slash; without it one is sent there.
    private static func folder(_ request: Request, _ name: String, _ make: () async throws -> Page)
        async throws
        -> Answer
    {
        guard request.uri.path.utf8.last == UInt8(ascii: "/") else {
            return .moved(PageAddress([name], isFolder: true))
        }
        return .page(try await make())
    }

    /// A field of the query, decoded; forms write a space as a plus sign.
    private static func query(_ name: String, _ request: Request) -> String? {
        request.uri.queryParameters[name[...]].map { String($0).replacing("+", with: " ") }
    }
}
