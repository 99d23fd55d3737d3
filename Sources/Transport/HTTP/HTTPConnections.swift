// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOSSL

/// A pool of connections, and how all of ours are made: TLS 1.2 or later, no redirects and no decompression behind our
/// back.
final class HTTPConnections: Sendable {
    private let direct: HTTPClient
    private let proxies: HTTPProxies?
    /// By the proxies for http and https.
    private let plain: HTTPClient?
    private let secure: HTTPClient?
    private let userAgent: String
    private let via: String?

    init(_ limits: TransportLimits, _ options: HTTPOptions) {
        func client(_ proxy: HTTPProxies.Proxy?) -> HTTPClient {
            HTTPClient(configuration: Self.configuration(limits, options, proxy))
        }
        direct = client(nil)
        proxies = options.proxies
        plain = proxies?.plain.map { client($0) }
        secure = proxies?.secure.map { client($0) }
        userAgent = options.userAgent
        via = options.via
    }

    deinit {
        // The client insists on being shut down; after ``shutdown()`` this does nothing.
        for client in clients { client.shutdown { _ in } }
    }

    private var clients: [HTTPClient] { [direct, plain, secure].compactMap(\.self) }

    /// Closes the connections. Requests under way fail; later ones do at once.
    func shutdown() async { for client in clients { try? await client.shutdown() } }

    private func client(for address: WebAddress) -> HTTPClient {
        guard let proxies, proxies.isFor(address) else { return direct }
        return (address.isSecure ? secure : plain) ?? direct
    }

    /// A request with the header fields that all of ours have.
    func request(to address: WebAddress) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: address.url)
        request.headers.add(name: "user-agent", value: userAgent)
        request.headers.add(name: "accept-encoding", value: "identity")
        if let via { request.headers.add(name: "via", value: via) }
        return request
    }

    /// Sends a request, and answers the head of what comes back.
    ///
    /// - Throws: a `Failure` in our words.
    func head(_ request: HTTPClientRequest, to address: WebAddress, within time: Duration) async throws
        -> HTTPClientResponse
    {
        do {
            return try await client(for: address).execute(request, timeout: TimeAmount(max(time, .zero)))
        } catch {
            throw ClientErrorWording.failure(error, delivered: nil, at: RedactedURL(address.url))
        }
    }

    private static func configuration(
        _ limits: TransportLimits,
        _ options: HTTPOptions,
        _ proxy: HTTPProxies.Proxy?
    ) -> HTTPClient.Configuration {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        if let authorities = options.additionalAuthorities { tls.additionalTrustRoots = [.file(authorities)] }
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls,
            redirectConfiguration: .disallow,
            timeout: .init(connect: TimeAmount(limits.connect), read: TimeAmount(limits.idle)),
            decompression: .disabled
        )
        configuration.proxy = proxy.map { proxy in
            .server(
                host: proxy.host,
                port: proxy.port,
                authorization: proxy.credentials.map { .basic(username: $0.user, password: $0.password) }
            )
        }
        // One stream a connection is faster for packages than HTTP/2, and its framing offers less to attack.
        configuration.httpVersion = .http1Only
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = max(
            1,
            limits.connectionsPerHost
        )
        // A dead mirror is left at once; the caller has others, and retries in its own time.
        configuration.connectionPool.retryConnectionEstablishment = false
        return configuration
    }
}
