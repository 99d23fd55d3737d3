// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// A path under which a blob is served: index files, shards, TUF metadata, sidecars, tiles, checkpoints.
///
/// Package files are not documents: see ``HostedFile``. Several documents that are put in one transaction appear
/// together, so that nobody sees an index without the metadata that signs it.
public struct HostedDocument: Sendable, Hashable {
    /// What a document's path begins at.
    public enum Scope: Sendable, Hashable {
        /// A channel's URL.
        case channel(Int64)
        /// A publish log's URL.
        case log(Int64)
    }

    /// Where its path begins.
    public let scope: Scope
    /// Its path, without a leading slash, such as `linux-64/repodata.json`.
    public let path: String
    /// SHA-256 of its bytes, which are a blob.
    public let blob: Digest
    /// Its length in bytes.
    public let size: UInt64
    /// Its media type.
    public let mediaType: String
    /// Whether the path means these bytes for ever, so that whoever has them need not ask again.
    public let isImmutable: Bool
    /// When it was put there.
    public let modified: Timestamp

    /// Makes one.
    public init(
        scope: Scope,
        path: String,
        blob: Digest,
        size: UInt64,
        mediaType: String,
        isImmutable: Bool,
        modified: Timestamp
    ) {
        self.scope = scope
        self.path = path
        self.blob = blob
        self.size = size
        self.mediaType = mediaType
        self.isImmutable = isImmutable
        self.modified = modified
    }
}

/// Reads documents.
public protocol DocumentReading {
    /// What a path leads to; nil if to nothing.
    func document(_ path: String, in scope: HostedDocument.Scope) throws -> HostedDocument?
    /// The documents whose paths begin so, by path.
    func documents(beginningWith prefix: String, in scope: HostedDocument.Scope) throws -> [HostedDocument]
    /// The digests of all blobs that anything in the database leads to: whatever refers to a blob is asked here, or its
    /// blobs are swept away.
    func referencedBlobs() throws -> Set<Digest>
    /// How long all files and documents are together, each of their blobs counted once; attestations and statements are
    /// documents.
    func referencedBytes() throws -> UInt64
}

/// Changes documents.
public protocol DocumentWriting: DocumentReading {
    /// Puts documents at their paths, in place of what was there. Their blobs are committed already.
    func put(_ documents: [HostedDocument]) throws
    /// Takes documents away.
    func removeDocuments(_ paths: [String], in scope: HostedDocument.Scope) throws
}
