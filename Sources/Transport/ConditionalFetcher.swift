// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// A ``Fetcher`` that need not fetch what did not change since.
///
/// That nothing changed is the server's word, and no more than that: whoever relies on it keeps what was verified then.
public protocol ConditionalFetcher: Fetcher {
    /// Fetches a resource unless it is still the version at hand.
    ///
    /// - Throws: what `fetch(_:receive:)` throws.
    func fetch(
        _ request: FetchRequest,
        unless version: ResourceVersion?,
        receive: (UnsafeRawBufferPointer) throws -> Void
    ) async throws -> ConditionalOutcome
}

extension Fetcher {
    /// Fetches a resource unless it is still the version at hand, if the fetcher knows conditions; else always.
    public func fetchIfChanged(
        _ request: FetchRequest,
        since version: ResourceVersion?,
        receive: (UnsafeRawBufferPointer) throws -> Void
    ) async throws -> ConditionalOutcome {
        if let conditional = self as? any ConditionalFetcher {
            return try await conditional.fetch(request, unless: version, receive: receive)
        }
        return try await fetch(request, receive: receive) == .notFound ? .notFound : .complete(nil)
    }
}

/// How a conditional fetch ended, when it ended well.
public enum ConditionalOutcome: Sendable, Equatable {
    /// Everything was delivered; the version is nil if the server names none.
    case complete(ResourceVersion?)
    /// It is the version at hand; nothing was delivered.
    case unchanged
    /// The other side says that there is no such resource.
    case notFound
}

/// What a server calls a version of a resource: `ETag` and `Last-Modified`, as they came.
public struct ResourceVersion: Sendable, Hashable {
    /// The longest of the two that is kept and sent back.
    public static let maximumLength = 512

    /// The entity tag, quotes included.
    public let entityTag: String?
    /// When the server says that it was last modified.
    public let lastModified: String?

    /// Takes what a server said; nil if it said nothing that could be sent back in a header field.
    public init?(entityTag: String?, lastModified: String?) {
        func usable(_ text: String?) -> String? {
            text.flatMap { text in
                let isPlain = text.utf8.allSatisfy { (0x20..<0x7F).contains($0) }
                return isPlain && !text.isEmpty && text.utf8.count <= Self.maximumLength ? text : nil
            }
        }
        self.entityTag = usable(entityTag)
        self.lastModified = usable(lastModified)
        if self.entityTag == nil, self.lastModified == nil { return nil }
    }
}
