// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// Where a channel may be fetched from: its own address, and others that claim to hold the same.
///
/// No mirror is trusted, and neither is the canonical address: what counts is what is signed.
public struct MirrorList: Sendable {
    /// Where the canonical address stands among the mirrors.
    public enum CanonicalPlace: Sendable {
        /// Only when no mirror delivers.
        case last
        /// Mirrors are for when it fails.
        case first
        /// Never, for instance behind a firewall.
        case nowhere
    }

    /// The channel's own address, without a slash at the end; what users and metadata call the channel.
    public let canonical: String
    /// The addresses to fetch from, in order of preference, without slashes at the end.
    public let addresses: [String]

    /// Makes a list.
    ///
    /// - Throws: a failure of kind `configuration` for an address that is not an absolute `http:`, `https:`
    ///   or `file:` URL without query, or if no address is left.
    public init(_ canonical: String, mirrors: [String] = [], canonicalPlace: CanonicalPlace = .last) throws {
        self.canonical = try Self.address(canonical)
        let others = try mirrors.map(Self.address)
        let own = [self.canonical]
        let wanted =
            switch canonicalPlace {
            case .first: own + others
            case .last: others.contains { ByteKey($0) == ByteKey(own[0]) } ? others : others + own
            case .nowhere: others
            }
        var seen: Set<ByteKey> = []
        addresses = wanted.filter { seen.insert(ByteKey($0)).inserted }
        guard !addresses.isEmpty else {
            throw Failure(.configuration, "the channel has no address to fetch from", at: own[0])
        }
    }

    private static func address(_ url: String) throws -> String {
        var bytes = Array(url.utf8)
        while bytes.last == 0x2F { bytes.removeLast() }
        let trimmed = String(decoding: bytes, as: UTF8.self)
        let isUsable = WebAddress(trimmed) != nil || FileFetcher.path(of: trimmed) != nil
        guard isUsable, !bytes.contains(0x3F), !bytes.contains(0x23) else {
            throw Failure(
                .configuration,
                "not an address a channel can have",
                at: RedactedURL(url).description,
                remedy: "write an absolute http, https or file URL, without a query"
            )
        }
        return trimmed
    }
}
