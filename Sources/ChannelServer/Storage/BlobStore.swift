// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import NIOCore
public import TrustCore

/// Where bytes are kept, by their SHA-256: packages, attestations, index files, shards, metadata, tiles.
///
/// What an implementation promises:
/// - A blob never changes. Storing bytes that are there already does nothing.
/// - Once ``commit(_:)`` returns, the blob survives the end of the process and of the machine.
/// - Nobody sees a part of a blob: it is there whole, or not.
/// - There is nothing else to it: no names, no counters, no conditions. Whatever needs those is in the
///   ``ServerDatabase``, which alone says which blobs matter.
public protocol BlobStore: Sendable {
    /// Begins a blob whose digest is not known yet. What is begun and never committed is cleaned up by
    /// ``discardAbandoned(startedBefore:)``.
    func stage() async throws -> any StagedBlob

    /// The same for what no old client's record names: it need not be known by its MD5, which costs as much as
    /// all else.
    func stageWithoutMD5() async throws -> any StagedBlob

    /// Keeps a staged blob, which was finished, for ever.
    func commit(_ staged: any StagedBlob) async throws

    /// Keeps some bytes for ever, and answers their digest.
    func put(_ bytes: [UInt8]) async throws -> Digest

    /// How long a blob is; nil if there is none.
    func size(of digest: Digest) async throws -> UInt64?

    /// A blob's bytes, for what is small: documents and index files.
    ///
    /// - Throws: a `Failure` if it is longer, or not there although it should be.
    func bytes(of digest: Digest, maximumLength: Int) async throws -> [UInt8]

    /// The path of a file of this machine that holds a blob, if that is how blobs are kept: what serving by `sendfile`
    /// and inspecting want. Nil where the blob is kept elsewhere, and where there is none.
    func localPath(of digest: Digest) -> String?

    /// The blobs that nobody stored since a moment, in no order. Storing bytes again that are there already counts.
    func digests(untouchedSince moment: Timestamp) async throws -> [Digest]

    /// Removes those of some blobs that nobody stored since a moment, not even while this runs; answers how many.
    ///
    /// The caller answers for it that nothing refers to them.
    func remove(_ digests: [Digest], untouchedSince moment: Timestamp) async throws -> Int

    /// Removes what was staged and left by a process that died.
    func discardAbandoned(startedBefore: Timestamp) async throws

    /// How many bytes more can be kept; nil where nobody can tell, or there is no end.
    func freeBytes() throws -> UInt64?
}

extension BlobStore {
    /// Nobody can tell.
    public func freeBytes() throws -> UInt64? { nil }
}

extension BlobStore {
    /// With it, where a store makes no difference.
    public func stageWithoutMD5() async throws -> any StagedBlob { try await stage() }
}

/// A blob that is being written.
public protocol StagedBlob: AnyObject, Sendable {
    /// A file of this machine with what was written so far, for inspection before it is committed.
    var localPath: String { get }
    /// Adds bytes.
    func write(_ bytes: ByteBuffer) async throws
    /// Ends writing; answers what was written.
    func finish() async throws -> BlobDigest
    /// Throws it away. Does nothing after it was committed.
    func discard() async
}

/// What a blob is known by.
public struct BlobDigest: Sendable, Hashable {
    /// SHA-256 of its bytes.
    public let sha256: Digest
    /// MD5 of its bytes: for old clients' records only; nil where it was not wanted.
    public let md5: Digest?
    /// Its length in bytes.
    public let size: UInt64

    /// Makes one.
    public init(sha256: Digest, md5: Digest?, size: UInt64) {
        self.sha256 = sha256
        self.md5 = md5
        self.size = size
    }
}
