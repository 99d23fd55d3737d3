// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
internal import DurableFiles
public import Gatekeeper
public import TrustCore

/// The text of an index, which all forms are made from.
///
/// That somebody verified it is not said here, only that what is rendered is the text of this digest.
public struct IndexText: Sendable {
    /// The channel that it is of.
    public let channel: ChannelURL
    /// The subdirectory.
    public let subdir: Subdir
    /// SHA-256 of the text.
    public let id: Digest
    /// The file with the text: `repodata.json`, not compressed.
    public let path: String
    /// Whether somebody vouches for the dates in its records.
    let isSigned: Bool
    /// Files that are not to be listed, whatever the policy says.
    let changed: ChangedFiles
    let knownSince: @Sendable (ArchiveFileName, Timestamp?) -> Timestamp?
    private var opened: RepodataFile?
    /// A compressed form of just this text that can be given out; nil if there is none.
    private(set) var compressed: StoredBytes?

    /// Takes a text.
    ///
    /// - Parameters:
    ///   - isSigned: whether somebody vouches for the dates in its records.
    ///   - changed: files whose hash is another one than was seen before: they are not listed.
    ///   - knownSince: since when a file is there, as far as this machine knows; it is given what the record says of that.
    public init(
        of channel: ChannelURL,
        _ subdir: Subdir,
        id: Digest,
        path: String,
        isSigned: Bool = true,
        changed: ChangedFiles = .none,
        knownSince: @escaping @Sendable (ArchiveFileName, Timestamp?) -> Timestamp? = { _, _ in nil }
    ) {
        self.channel = channel
        self.subdir = subdir
        self.id = id
        self.path = path
        self.isSigned = isSigned
        self.changed = changed
        self.knownSince = knownSince
    }

    /// Takes a verified index of a channel.
    public init(_ verified: UpstreamSubdir, of channel: ChannelURL) {
        self.init(
            of: channel,
            verified.subdir,
            id: verified.id,
            path: verified.path,
            isSigned: verified.isSigned,
            changed: verified.changed
        ) { verified.knownSince($0, dated: $1) }
        opened = verified.index
        compressed = verified.compressed
    }

    /// Opens the text, unless it is open since it was verified; its records stay in the file.
    ///
    /// - Throws: a `Failure` if the file is gone, or holds another text by now; a `Refusal` if it is no index.
    func open() throws -> RepodataFile {
        if let opened { return opened }
        guard let bytes = try OpenFile(readingIfThere: path)?.stored() else {
            throw Failure(.disk, "the verified text of an index is gone", at: path)
        }
        let index = try RepodataFile(bytes, of: "\(channel)/\(subdir)/repodata.json", subdir: subdir)
        guard index.digest == id else {
            throw Failure(.disk, "the verified text of an index was altered", at: path)
        }
        return index
    }
}
