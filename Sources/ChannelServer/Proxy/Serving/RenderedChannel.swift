// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
public import Gatekeeper
public import TrustCore
public import TrustPolicy

/// Makes the indexes that clients are shown of verified ones: in every form the same, without what would be refused.
///
/// For implementers: calls come many at once, often for the same subdir; whatever is answered is made of the index that was
/// handed over and of no other.
public protocol RenderedChannel: Sendable {
    /// A file of the index in a form; nil if the index has none in it.
    func file(_ form: IndexForm, of subdir: UpstreamSubdir, in view: UpstreamView, now: Timestamp)
        async throws
        -> ProxyIndexFile?

    /// A shard of the index, by its digest; nil if the index that is shown has no such shard.
    func shard(_ digest: Digest, of subdir: UpstreamSubdir, in view: UpstreamView, now: Timestamp)
        async throws
        -> ProxyIndexFile?

    /// Why a package that is listed upstream is not shown to clients; empty if it is shown, or not listed at all.
    func objections(
        to file: ArchiveFileName,
        of subdir: UpstreamSubdir,
        in view: UpstreamView,
        now: Timestamp
    ) async throws -> [Finding]

    /// What is shown of a subdir by the channel's own shards, without its whole index; nil where that is not to be had, and
    /// the whole index is to be asked for.
    func shards(of subdir: Subdir, in view: UpstreamView, now: Timestamp) async throws -> ShownShards?

    /// Differs whenever another file of the same index may be hidden, time aside; nil where that cannot be told at once.
    var hiding: Digest? { get }
}

extension RenderedChannel {
    /// Nothing is known of it.
    public var hiding: Digest? { nil }

    /// Nothing: all forms are made of the whole index.
    public func shards(of subdir: Subdir, in view: UpstreamView, now: Timestamp) async throws -> ShownShards?
    {
        nil
    }
}

/// A file of an index as clients are shown it.
public struct ProxyIndexFile: Sendable, Hashable {
    /// Where its bytes are.
    public let path: String
    /// How many bytes it has.
    public let length: UInt64
    /// SHA-256 of its bytes.
    public let sha256: Digest
    /// What it is, such as `application/json`.
    public let contentType: String
    /// The bytes themselves, where they are at hand; else they are read from the path.
    let bytes: [UInt8]?

    /// Makes one.
    public init(path: String, length: UInt64, sha256: Digest, contentType: String) {
        self.path = path
        self.length = length
        self.sha256 = sha256
        self.contentType = contentType
        bytes = nil
    }

    /// A small one that was read from its place in a larger file.
    init(_ bytes: [UInt8], of file: RenderedFile) {
        path = file.path
        length = UInt64(bytes.count)
        sha256 = file.sha256
        contentType = file.contentType
        self.bytes = bytes
    }

    /// A small one that is at hand.
    init(_ bytes: [UInt8], sha256: Digest, contentType: String) {
        path = ""
        length = UInt64(bytes.count)
        self.sha256 = sha256
        self.contentType = contentType
        self.bytes = bytes
    }
}
