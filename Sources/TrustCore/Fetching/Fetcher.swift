// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// The one door through which bytes come from elsewhere.
///
/// A conforming type makes exactly one attempt: retries, mirrors and caches are built on top, so that a
/// caller's `receive` never sees a byte twice. It enforces `maximumLength` on the bytes it delivers, throws a
/// ``Failure`` where it could not find out, and answers `.notFound` only when the other side explicitly said
/// so (HTTP 404, 410 or, for object stores that hide absence, 403; no such file): a time-out is never "not
/// there". What arrives is unverified.
public protocol Fetcher: Sendable {
    /// Fetches a resource and hands over its bytes in order.
    ///
    /// - Throws: a ``Refusal`` with `limit.too-large`, a ``Failure``, or whatever `receive` throws.
    func fetch(
        _ request: FetchRequest,
        receive: (UnsafeRawBufferPointer) throws -> Void
    ) async throws -> FetchOutcome
}

/// What to fetch, and how much of it at most.
public struct FetchRequest: Sendable {
    /// An absolute `http:`, `https:` or `file:` URL, used byte for byte.
    public var url: String
    /// More bytes than this are refused, however many the server announces.
    public var maximumLength: Int
    /// How long the whole of it may take; nil leaves that to the fetcher. What takes longer is a ``Failure``.
    public var timeout: Duration?
    /// What is shown to the URL's own origin, and to no other one that it redirects to; nil for nothing.
    public var bearer: BearerToken?

    /// Makes a request.
    public init(_ url: String, maximumLength: Int, timeout: Duration? = nil) {
        self.url = url
        self.maximumLength = maximumLength
        self.timeout = timeout
    }
}

/// How a fetch ended, when it ended well.
public enum FetchOutcome: Sendable, Equatable {
    /// Everything was delivered.
    case complete
    /// The other side says that there is no such resource.
    case notFound
}

extension Fetcher {
    /// Fetches a whole resource into memory; nil if the other side says that there is none.
    public func bytes(_ url: String, maximumLength: Int) async throws -> [UInt8]? {
        var bytes: [UInt8] = []
        let outcome = try await fetch(FetchRequest(url, maximumLength: maximumLength)) {
            bytes.append(contentsOf: $0)
        }
        return outcome == .complete ? bytes : nil
    }
}
