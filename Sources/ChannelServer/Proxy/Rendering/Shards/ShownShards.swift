// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
internal import Gatekeeper
public import TrustCore
public import TrustPolicy

/// The shard index of one subdir as clients are shown it, and its shards, made of the channel's own without its whole index.
public struct ShownShards: Sendable {
    private let visible: VisibleShards
    private let upstream: UpstreamShards
    private let judge: ShardJudge
    private let renderer: ShardRenderer

    init(visible: VisibleShards, upstream: UpstreamShards, judge: ShardJudge, renderer: ShardRenderer) {
        self.visible = visible
        self.upstream = upstream
        self.judge = judge
        self.renderer = renderer
    }

    /// The shard index.
    public var index: ProxyIndexFile {
        ProxyIndexFile(visible.index, sha256: visible.digest, contentType: Self.mediaType)
    }

    private static let mediaType = IndexFile.mediaType(of: ShardIndex.fileName)

    /// A shard of this index, or of one shortly before under the same policy, which a client may still be reading; nil if
    /// none of them has it.
    ///
    /// - Throws: a `Refusal` if no mirror has what the index promises, or if it holds what may not be passed on; then the next
    ///   index names another shard in its place. A `Failure` if nobody answers.
    public func shard(_ digest: Digest) async throws -> ProxyIndexFile? {
        switch await renderer.find(digest, judge) {
        case nil: return nil
        case .made(let bytes): return ProxyIndexFile(bytes, sha256: digest, contentType: Self.mediaType)
        case .upstream(let name):
            let shard = try await upstream.shard(of: name, digest)
            if let fault = shard.faults.first {
                try await renderer.note(faulty: digest)
                throw fault
            }
            return ProxyIndexFile(shard.bytes, sha256: digest, contentType: Self.mediaType)
        }
    }

    /// Why a file is not shown, though the channel lists it; empty if it is shown, or not listed at all.
    public func objections(to file: ArchiveFileName) async throws -> [Finding] {
        switch judge.reach.part(of: file.name) {
        case .nothing: return []
        case .everything: return judge.findings(on: file)
        case .some:
            let shard = try await upstream.shard(of: file.name)?.contents()
            let record = shard?.records.first { $0.fileName == file }
            guard let shard, let record else { return [] }
            return try await judge.findings(on: record, of: shard)
        }
    }
}
