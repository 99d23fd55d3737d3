// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// The front of this module: sends each URL to the fetcher for its scheme.
public struct URLFetcher: ConditionalFetcher {
    private let web: HTTPFetcher
    private let files: FileFetcher

    /// Makes a fetcher for `http:`, `https:` and `file:` URLs, with a connection pool of its own.
    public init(
        limits: TransportLimits = TransportLimits(),
        options: HTTPOptions = HTTPOptions(),
        observer: (any TransferObserver)? = nil
    ) {
        web = HTTPFetcher(limits: limits, options: options, observer: observer)
        files = FileFetcher(observer: observer)
    }

    /// Fetches a resource; the scheme decides how.
    public func fetch(
        _ request: FetchRequest,
        receive: (UnsafeRawBufferPointer) throws -> Void
    ) async throws -> FetchOutcome {
        switch WebAddress.split(request.url)?.scheme {
        case "http", "https": return try await web.fetch(request, receive: receive)
        case "file": return try await files.fetch(request, receive: receive)
        default:
            throw Failure(
                .configuration,
                "the address is neither http, https nor file",
                at: RedactedURL(request.url).description
            )
        }
    }

    /// Fetches a resource unless it is still the version at hand; files are always read.
    public func fetch(
        _ request: FetchRequest,
        unless version: ResourceVersion?,
        receive: (UnsafeRawBufferPointer) throws -> Void
    ) async throws -> ConditionalOutcome {
        switch WebAddress.split(request.url)?.scheme {
        case "http", "https": return try await web.fetch(request, unless: version, receive: receive)
        default: return try await fetch(request, receive: receive) == .notFound ? .notFound : .complete(nil)
        }
    }

    /// Closes the connections.
    public func shutdown() async { await web.shutdown() }
}
