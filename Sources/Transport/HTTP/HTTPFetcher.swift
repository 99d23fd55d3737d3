// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import AsyncHTTPClient
import NIOCore
import NIOHTTP1
public import TrustCore

/// Fetches over HTTP and HTTPS, one attempt at a time.
///
/// It holds a pool of connections and is meant to be shared; call ``shutdown()`` at the end. TLS is 1.2 or
/// later. Answers are taken as they are: no decompression, so that what is counted and digested is what was
/// sent. Redirects are followed a few times, never from https to http. User and password in a URL, and a token, are
/// sent to that URL's origin only. Not checked here: what the bytes are.
public final class HTTPFetcher: ConditionalFetcher {
    private let limits: TransportLimits
    private let options: HTTPOptions
    private let observer: (any TransferObserver)?
    private let connections: HTTPConnections

    /// Makes a fetcher with a connection pool of its own.
    public init(
        limits: TransportLimits = TransportLimits(),
        options: HTTPOptions = HTTPOptions(),
        observer: (any TransferObserver)? = nil
    ) {
        self.limits = limits
        self.options = options
        self.observer = observer
        connections = HTTPConnections(limits, options)
    }

    /// Closes the connections. Requests under way fail; later ones do at once.
    public func shutdown() async { await connections.shutdown() }

    /// Fetches a resource, following redirects.
    ///
    /// - Throws: `limit.too-large`, `fetch.insecure-redirect`, `fetch.encoding`; a `Failure`
    /// whose cause is
    ///   a ``TransferFault``; or whatever `receive` throws.
    public func fetch(
        _ request: FetchRequest,
        receive: (UnsafeRawBufferPointer) throws -> Void
    ) async throws -> FetchOutcome {
        try await fetch(request, unless: nil, receive: receive) == .notFound ? .notFound : .complete
    }

    /// Fetches a resource, following redirects, unless it is still the version at hand.
    ///
    /// A server that says so without having been asked is at fault.
    /// - Throws: the same.
    public func fetch(
        _ request: FetchRequest,
        unless version: ResourceVersion?,
        receive: (UnsafeRawBufferPointer) throws -> Void
    ) async throws -> ConditionalOutcome {
        let start = ContinuousClock.now
        var limits = limits
        limits.overall = min(limits.overall, request.timeout ?? limits.overall)
        guard var address = WebAddress(request.url) else {
            throw Failure(.configuration, "not a web address", at: RedactedURL(request.url).description)
        }
        let origin = address
        for _ in 0...max(0, limits.redirects) {
            let bearer = address.isSameOrigin(as: origin) ? request.bearer : nil
            let response = try await head(of: address, bearer, unless: version, since: start, limits)
            switch try meaning(of: response.status, isConditional: version != nil, at: address) {
            case .body:
                try await deliver(response, from: address, request, since: start, limits, to: receive)
                return .complete(
                    ResourceVersion(
                        entityTag: response.headers.first(name: "etag"),
                        lastModified: response.headers.first(name: "last-modified")
                    )
                )
            case .unchanged:
                await drain(response, from: address, since: start, limits)
                return .unchanged
            case .notFound:
                await drain(response, from: address, since: start, limits)
                return .notFound
            case .redirect:
                guard let location = response.headers.first(name: "location") else {
                    throw Failure(
                        .network,
                        "the server redirects without saying where to",
                        at: RedactedURL(address.url).description,
                        cause: TransferFault.redirect
                    )
                }
                address = try address.redirected(to: location)
                await drain(response, from: address, since: start, limits)
            }
        }
        throw Failure(
            .network,
            "more than \(limits.redirects) redirects",
            at: RedactedURL(request.url).description,
            cause: TransferFault.redirect
        )
    }

    private enum Meaning { case body, unchanged, notFound, redirect }

    private func meaning(
        of status: HTTPResponseStatus,
        isConditional: Bool,
        at address: WebAddress
    ) throws -> Meaning {
        switch Int(status.code) {
        case 200: return .body
        case 304 where isConditional: return .unchanged
        case 301, 302, 303, 307, 308: return .redirect
        case 404, 410: return .notFound
        case 403 where options.forbidden == .meansNotFound: return .notFound
        case let code:
            throw Failure(
                .network,
                "the server answered with status \(code)",
                at: RedactedURL(address.url).description,
                remedy: code == 401 || code == 403 ? "check the credentials for this channel" : nil,
                cause: TransferFault.status(code)
            )
        }
    }

    private func head(
        of address: WebAddress,
        _ bearer: BearerToken?,
        unless version: ResourceVersion?,
        since start: ContinuousClock.Instant,
        _ limits: TransportLimits
    ) async throws -> HTTPClientResponse {
        var request = connections.request(to: address)
        request.headers.add(name: "accept", value: "*/*")
        // RFC 9110, 13.1.3: the date counts only for servers that do not know tags.
        if let tag = version?.entityTag { request.headers.add(name: "if-none-match", value: tag) }
        if let date = version?.lastModified { request.headers.add(name: "if-modified-since", value: date) }
        if let bearer {
            request.headers.add(name: "authorization", value: "Bearer " + bearer.secret)
        } else if let (user, password) = address.credentials {
            request.setBasicAuth(username: user, password: password)
        }
        let left = limits.overall - start.duration(to: .now)
        return try await connections.head(request, to: address, within: left)
    }

    private func deliver(
        _ response: HTTPClientResponse,
        from address: WebAddress,
        _ request: FetchRequest,
        since start: ContinuousClock.Instant,
        _ limits: TransportLimits,
        to receive: (UnsafeRawBufferPointer) throws -> Void
    ) async throws {
        let shown = RedactedURL(address.url)
        try ContentEncoding.check(response.headers["content-encoding"], of: address.target, at: shown)
        var body = try MeteredBody(
            response,
            limits,
            maximumLength: request.maximumLength,
            since: start,
            at: shown
        )
        let transfer = Transfer(RedactedURL(request.url), expectedLength: body.announced)
        observer?.began(transfer)
        do {
            while let chunk = try await body.next() {
                try chunk.withUnsafeReadableBytes(receive)
                observer?.received(chunk.readableBytes, in: transfer)
            }
        } catch {
            observer?.ended(transfer, completely: false)
            throw error
        }
        observer?.ended(transfer, completely: true)
    }

    /// Reads the short body of an answer that has none for us, so that the connection can be used again.
    private func drain(
        _ response: HTTPClientResponse,
        from address: WebAddress,
        since start: ContinuousClock.Instant,
        _ limits: TransportLimits
    ) async {
        let body = try? MeteredBody(
            response,
            limits,
            maximumLength: limits.errorBody,
            since: start,
            at: RedactedURL(address.url)
        )
        guard var body else { return }
        while (try? await body.next()) != nil {}
    }
}
