// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
public import TrustCore

/// A root of conda content trust that the user pinned for a channel, and where what follows from it may be fetched.
public struct ContentTrustAnchor: Sendable {
    /// The bytes of the pinned root. The user gave them as a file: there is no other way.
    public let root: [UInt8]
    /// Where `N.root.json` and `key_mgr.json` are, conda's `signing_metadata_url_base`; nil if with the channel.
    public let metadataURL: ChannelURL?
    /// When it was pinned.
    public let added: Timestamp

    /// SHA-256 of the pinned root's bytes.
    public var rootDigest: Digest { Digest.of(root) }
}
