// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import AsyncHTTPClient
import NIOCore
import NIOSSL

/// How all our connections are made: TLS 1.2 or later, no redirects and no decompression behind our back.
enum HTTPClientSetup {
    static func configuration(
        _ limits: TransportLimits,
        _ options: HTTPOptions
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
