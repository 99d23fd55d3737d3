// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
public import TrustCore
public import TrustPolicy

/// A channel that the user has pinned, to a TUF root, a root of conda content trust, or both, and where its files may
/// be fetched from.
public struct TrustedChannel: Sendable {
    /// What the pin demands of packages.
    public typealias Pin = ChannelPin

    /// How the pinned TUF root came to be trusted.
    public enum Origin: String, Sendable {
        /// The user gave the root as a file.
        case file
        /// The user gave the digest of the root, and the channel the bytes.
        case digest
        /// The first root the channel showed was believed. Whoever controlled the connection then is trusted
        /// now.
        case firstUse = "first-use"
    }

    /// The channel's canonical URL: its identity, whatever mirror its files come from.
    public let url: ChannelURL
    /// Where to fetch from, in order; the canonical URL itself where none are set.
    public let mirrors: [ChannelURL]
    /// What the roots that were pinned demand.
    public let pin: Pin
    /// The bytes of the pinned TUF root; nil if only records are signed.
    public let pinnedRoot: [UInt8]?
    /// The pinned root of conda content trust; nil if no record need be signed.
    public let contentTrust: ContentTrustAnchor?
    /// How the TUF root came to be trusted; a root of conda content trust is always from a file.
    public let origin: Origin
    /// When it was pinned.
    public let added: Timestamp
    /// The folder that holds what is known of the channel.
    public let directory: String

    /// SHA-256 of the pinned TUF root's bytes.
    public var rootDigest: Digest? { pinnedRoot.map { Digest.of($0) } }
    /// Where verified TUF metadata is kept.
    public var metadataDirectory: String { directory + "/metadata" }
    /// Where verified metadata of conda content trust is kept.
    public var contentTrustDirectory: String { Self.contentTrustDirectory(in: directory) }

    static func contentTrustDirectory(in directory: String) -> String { directory + "/content-trust" }
    /// The mirrors to try, never empty.
    public var sources: [ChannelURL] { mirrors.isEmpty ? [url] : mirrors }
}
