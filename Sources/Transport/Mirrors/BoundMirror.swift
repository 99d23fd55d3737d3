// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// A channel as one mirror tells it: takes canonical URLs and asks this mirror only.
///
/// A whole TUF refresh goes through one of these, so that it sees one consistent repository, good or bad.
public struct BoundMirror: Fetcher {
    /// The channel's own address.
    public let canonical: String
    /// The mirror's address, with credentials if it has any.
    private let address: String
    private let fetcher: any Fetcher

    init(_ canonical: String, at address: String, over fetcher: any Fetcher) {
        self.canonical = canonical
        self.address = address
        self.fetcher = fetcher
    }

    /// The mirror's address, without credentials.
    public var name: String { RedactedURL(address).description }

    /// Fetches what the channel calls by a canonical URL.
    ///
    /// - Throws: `fetch.path-escape`, a failure of kind `configuration` for a URL that is not below the
    /// channel, and what the underlying fetcher throws. A mirror on a disk that cannot be read is a failure
    /// of kind `network`.
    public func fetch(
        _ request: FetchRequest,
        receive: (UnsafeRawBufferPointer) throws -> Void
    ) async throws -> FetchOutcome {
        let prefix = Array((canonical + "/").utf8)
        guard request.url.utf8.starts(with: prefix) else {
            throw Failure(
                .configuration,
                "the address is not below the channel \(RedactedURL(canonical))",
                at: RedactedURL(request.url).description
            )
        }
        let path = String(decoding: Array(request.url.utf8.dropFirst(prefix.count)), as: UTF8.self)
        return try await fetch(
            path,
            maximumLength: request.maximumLength,
            timeout: request.timeout,
            receive: receive
        )
    }

    /// Fetches what stands at a path below the channel.
    ///
    /// - Parameters:
    ///   - path: Relative, already percent-encoded, used byte for byte.
    ///   - timeout: How long the whole of it may take; nil leaves that to the fetcher.
    public func fetch(
        _ path: String,
        maximumLength: Int,
        timeout: Duration? = nil,
        receive: (UnsafeRawBufferPointer) throws -> Void
    ) async throws -> FetchOutcome {
        let outcome = try await fetch(
            path,
            unless: nil,
            maximumLength: maximumLength,
            timeout: timeout,
            receive: receive
        )
        return outcome == .notFound ? .notFound : .complete
    }

    /// Fetches what stands at a path below the channel unless it is still the version that this mirror gave before.
    ///
    /// Where the fetcher knows no conditions, everything is fetched.
    public func fetch(
        _ path: String,
        unless version: ResourceVersion?,
        maximumLength: Int,
        timeout: Duration? = nil,
        receive: (UnsafeRawBufferPointer) throws -> Void
    ) async throws -> ConditionalOutcome {
        try ChannelPath.check(path)
        let request = FetchRequest(address + "/" + path, maximumLength: maximumLength, timeout: timeout)
        var receiving = false
        do {
            return try await fetcher.fetchIfChanged(request, since: version) { chunk in
                receiving = true
                try receive(chunk)
                receiving = false
            }
        } catch let failure as Failure where failure.kind == .disk && !receiving {
            // The mirror's disk, not ours: others may do better.
            throw Failure(
                .network,
                failure.message,
                at: failure.location,
                remedy: failure.remedy,
                cause: TransferFault.file
            )
        }
    }

    /// Fetches what must be there, since something signed says so: "not found" is a failure of this mirror.
    public func require(
        _ path: String,
        maximumLength: Int,
        receive: (UnsafeRawBufferPointer) throws -> Void
    ) async throws {
        let outcome = try await fetch(path, maximumLength: maximumLength, receive: receive)
        guard outcome == .complete else {
            throw Failure(
                .network,
                "the mirror does not have it",
                at: RedactedURL(address + "/" + path).description,
                remedy: "try another mirror, or wait until this one has caught up",
                cause: TransferFault.missing
            )
        }
    }
}
