// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
public import TrustCore

/// A channel whose TUF root the user has pinned, and where its files may be fetched from.
public struct TrustedChannel: Sendable {
    /// How the pinned root came to be trusted.
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
    /// The bytes of the pinned root.
    public let pinnedRoot: [UInt8]
    /// How the root came to be trusted.
    public let origin: Origin
    /// When it was pinned.
    public let added: Timestamp
    /// The folder that holds what is known of the channel.
    public let directory: String

    /// SHA-256 of the pinned root's bytes.
    public var rootDigest: Digest { Digest.of(pinnedRoot) }
    /// Where verified metadata is kept.
    public var metadataDirectory: String { directory + "/metadata" }
    /// The mirrors to try, never empty.
    public var sources: [ChannelURL] { mirrors.isEmpty ? [url] : mirrors }
}
