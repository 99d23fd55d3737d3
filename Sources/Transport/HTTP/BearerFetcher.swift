// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// Shows one server a token, and nobody else: other hosts, ports and schemes are asked without it, and so is whoever the
/// server redirects to. It is in no error or report.
public struct BearerFetcher: ConditionalFetcher {
    private let base: any Fetcher
    private let token: BearerToken
    private let server: WebAddress

    /// - Parameter url: any address of the server.
    /// - Throws: a `Failure` for an address that is none.
    public init(_ base: any Fetcher, _ token: BearerToken, for url: String) throws {
        guard let server = WebAddress(url) else {
            throw Failure(
                .configuration,
                "a token is for servers on the web",
                at: RedactedURL(url).description
            )
        }
        self.base = base
        self.token = token
        self.server = server
    }

    /// Fetches a resource, with the token if it is the server's.
    public func fetch(
        _ request: FetchRequest,
        receive: (UnsafeRawBufferPointer) throws -> Void
    ) async throws -> FetchOutcome {
        try await base.fetch(shown(request), receive: receive)
    }

    /// Fetches a resource, with the token if it is the server's, unless it is still the version at hand.
    public func fetch(
        _ request: FetchRequest,
        unless version: ResourceVersion?,
        receive: (UnsafeRawBufferPointer) throws -> Void
    ) async throws -> ConditionalOutcome {
        try await base.fetchIfChanged(shown(request), since: version, receive: receive)
    }

    private func shown(_ request: FetchRequest) -> FetchRequest {
        guard server.credentialedAddress(of: request) != nil else { return request }
        var request = request
        request.bearer = token
        return request
    }
}
