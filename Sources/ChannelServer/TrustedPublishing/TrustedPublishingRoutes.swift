// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import TrustCore
internal import TrustPolicy

/// The routes of trusted publishing: tokens of build services are exchanged for keys, in the forms that clients of
/// prefix.dev and of PyPI know. A channel's publishers are the ``Administration``'s.
struct TrustedPublishingRoutes: ServerRoutes {
    /// The longest request, in bytes: a token and room for what comes with it.
    static let maximumLength = 64 << 10
    private static let limits = JSONLimits(bytes: maximumLength, depth: 8, values: 4_096)

    private let exchange: TokenExchange

    /// - Parameters:
    ///   - parts: what all areas work with.
    ///   - issuers: whose tokens are believed.
    ///   - services: asks issuers for their keys.
    init(_ parts: ServerParts, issuers: TokenIssuers, services: any ServiceCaller) {
        exchange = TokenExchange(
            parts: parts,
            verifier: TokenVerifier(issuers, publicURL: parts.publicURL, services: services)
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
