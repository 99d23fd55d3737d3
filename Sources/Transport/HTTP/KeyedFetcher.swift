// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// Shows one server a key of its own, and nobody else.
///
/// The key goes along as a password (`Authorization: Basic`), which servers of channels take for a key whatever the
/// user is called; see ``HTTPFetcher`` for what becomes of it in redirects. It is in no error or report.
public struct KeyedFetcher: ConditionalFetcher {
    private let base: any Fetcher
    private let server: WebAddress
    private let userInfo: String

    /// - Parameter url: any address of the server.
    /// - Throws: a `Failure` for an address that is none, that has a user or password in it already, or that is neither
    ///   protected nor of this machine, and for a key that fits no header field.
    public init(_ base: any Fetcher, key: String, for url: String) throws {
        func failure(_ message: String) -> Failure {
            Failure(.configuration, message, at: RedactedURL(url).description)
        }
        guard let server = WebAddress(url) else { throw failure("a key is for servers on the web") }
        guard server.userInfo == nil else {
            throw failure("the address has a user or a password in it already")
        }
        guard server.isSecure || server.isLoopback else {
            throw failure("the server is not asked without TLS, for the key is secret")
        }
        guard !key.isEmpty, key.utf8.allSatisfy({ (0x21..<0x7F).contains($0) }) else {
            throw failure("the key has characters that no key has")
        }
        self.base = base
        self.server = server
        userInfo = "key:" + PercentEncoding.segment(key)
    }

    /// Fetches a resource, with the key if it is the server's.
    public func fetch(
        _ request: FetchRequest,
        receive: (UnsafeRawBufferPointer) throws -> Void
    ) async throws -> FetchOutcome {
        try await base.fetch(keyed(request), receive: receive)
    }

    /// Fetches a resource, with the key if it is the server's, unless it is still the version at hand.
    public func fetch(
        _ request: FetchRequest,
        unless version: ResourceVersion?,
        receive: (UnsafeRawBufferPointer) throws -> Void
    ) async throws -> ConditionalOutcome {
        try await base.fetchIfChanged(keyed(request), since: version, receive: receive)
    }

    private func keyed(_ request: FetchRequest) -> FetchRequest {
        guard let address = server.credentialedAddress(of: request) else { return request }
        var request = request
        request.url =
            "\(address.isSecure ? "https" : "http")://\(userInfo)@\(address.authority)\(address.target)"
        return request
    }
}
