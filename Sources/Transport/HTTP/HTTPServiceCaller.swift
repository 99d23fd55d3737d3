// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import AsyncHTTPClient
import NIOCore
import NIOHTTP1
public import TrustCore

/// Asks services over HTTPS, one attempt at a time, and hands on whatever they say.
///
/// A GET whose connection broke before there was an answer is sent once more: a connection that was kept may be one that the
/// service closed at that moment (RFC 9112, 9.3.1). What may change something is never repeated here.
///
/// It holds a pool of connections and is meant to be shared; call ``shutdown()`` at the end. TLS is 1.2 or later;
/// without it only this machine itself is asked. No redirect is followed, no cookie kept, and nothing that was sent is
/// in a message: neither body nor header fields, nor the query of the address. Not checked here: what the answer says.
public final class HTTPServiceCaller: ServiceCaller {
    private let limits: TransportLimits
    private let connections: HTTPConnections

    /// Makes a caller with a connection pool of its own. Of the limits those on time count, as far as a request does not
    /// set its own; how slowly an answer comes is for the request's time to limit.
    public init(limits: TransportLimits = TransportLimits(), options: HTTPOptions = HTTPOptions()) {
        var limits = limits
        // A service may think for a while; the request says how long at most.
        limits.idle = limits.overall
        limits.minimumBytesPerWindow = 0
        self.limits = limits
        connections = HTTPConnections(limits, options)
    }

    /// Closes the connections. Requests under way fail; later ones do at once.
    public func shutdown() async { await connections.shutdown() }

    /// Sends a request, and answers what comes back, redirects and errors included.
    ///
    /// - Throws: `limit.too-large`, `fetch.encoding`, or a `Failure`, whose cause is a ``TransferFault`` where it is the
    ///   network's.
    public func send(_ request: ServiceRequest) async throws -> ServiceResponse {
        do {
            return try await attempt(request)
        } catch let failure as Failure
            where request.method == .get && failure.cause as? TransferFault == .connection
        {
            return try await attempt(request)
        }
    }

    private func attempt(_ request: ServiceRequest) async throws -> ServiceResponse {
        try await exchange(request.url, maximumLength: request.maximumLength, within: request.timeout) {
            sent in
            sent.method = HTTPMethod(rawValue: request.method.rawValue)
            for (name, value) in request.headers { sent.headers.add(name: name, value: value) }
            if request.method != .get { sent.body = .bytes(ByteBuffer(bytes: request.body)) }
        }
    }

    /// Sends a request that a body fills in, and answers what comes back.
    ///
    /// - Parameter time: how long it may take; nil for as long as the limits say.
    func exchange(
        _ url: String,
        maximumLength: Int,
        within time: Duration?,
        _ fill: (inout HTTPClientRequest) -> Void
    ) async throws -> ServiceResponse {
        let address = try Self.address(url)
        let time = min(limits.overall, max(time ?? limits.overall, .zero))
        var request = connections.request(to: address)
        fill(&request)
        let filled = request
        do {
            return try await Self.within(time, at: address) { [self] in
                try await response(to: filled, from: address, maximumLength: maximumLength, within: time)
            }
        } catch let failure as Failure {
            // The advice to try a mirror is for resources.
            throw Failure(failure.kind, failure.message, at: failure.location, cause: failure.cause)
        }
    }

    private func response(
        to request: HTTPClientRequest,
        from address: WebAddress,
        maximumLength: Int,
        within time: Duration
    ) async throws -> ServiceResponse {
        let (start, shown) = (ContinuousClock.now, RedactedURL(address.url))
        let response = try await connections.head(request, to: address, within: time)
        try ContentEncoding.check(response.headers["content-encoding"], of: "", at: shown)
        var body = try MeteredBody(response, limits, maximumLength: maximumLength, since: start, at: shown)
        var bytes: [UInt8] = []
        while let chunk = try await body.next() { bytes += chunk.readableBytesView }
        return ServiceResponse(
            status: Int(response.status.code),
            headers: response.headers.map { ($0.name, $0.value) },
            body: bytes
        )
    }

    /// Runs a body for so long at most: the client's own deadline ends with the head of an answer.
    private static func within<Value: Sendable>(
        _ time: Duration,
        at address: WebAddress,
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            defer { group.cancelAll() }
            group.addTask { try await body() }
            group.addTask {
                try await Task.sleep(for: time)
                return nil
            }
            guard let first = try await group.next(), let value = first else {
                throw Failure(
                    .network,
                    "the service did not answer in time",
                    at: RedactedURL(address.url).description,
                    cause: TransferFault.timeout
                )
            }
            return value
        }
    }

    /// Takes an address that secrets may be sent to: protected, or of this machine.
    private static func address(_ url: String) throws -> WebAddress {
        func failure(_ message: String) -> Failure {
            Failure(.configuration, message, at: RedactedURL(url).description)
        }
        guard let address = WebAddress(url) else { throw failure("not a web address") }
        guard address.userInfo == nil else {
            throw failure("the address of a service has a user or a password in it")
        }
        guard address.isSecure || address.isLoopback else {
            throw failure("the service is not asked without TLS, for what is sent to it is secret")
        }
        return address
    }
}
