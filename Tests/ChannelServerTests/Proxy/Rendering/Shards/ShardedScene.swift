// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Synchronization
import TestSupport
import Testing
import TrustCore
import TrustPolicy

@testable import ChannelServer
@testable import Gatekeeper

/// A channel with shards, of which is written down what was fetched, and what makes its indexes.
final class ShardedScene: Sendable {
    static let now = Timestamp(seconds: 1_790_000_000)

    struct State {
        var shards: [PackageName: [UInt8]] = [:]
        /// Those that were replaced, which servers still have.
        var old: [Digest: [UInt8]] = [:]
        var fetched: [String] = []
        /// What stands against files whose hash changed.
        var changed: [ArchiveFileName: Finding] = [:]
        /// What opening the shard index leads to.
        var indexError: (any Error)?
        /// What fetching a shard leads to.
        var fetchError: (any Error)?
        var hasText = true
        var textsOpened = 0
    }

    let folder: TemporaryFolder
    let channel: ChannelURL
    let subdir: Subdir
    let state = Mutex(State())

    static let files = ["curl-8.0-0.conda", "xz-5.4.0-0.conda", "xz-5.6.0-0.conda", "zlib-1.3-0.conda"]

    init(_ files: [String] = files) throws {
        folder = try TemporaryFolder()
        channel = try ChannelURL("https://conda.example.org/forge")
        subdir = try Subdir("linux-64")
        for (name, names) in Dictionary(grouping: try files.map { try ArchiveFileName($0) }, by: \.name) {
            let records = try names.map { try FixturePackage($0.text).record() }
            try put(Shard(name, records: records).encode().bytes, of: name.raw)
        }
    }

    /// Lets the channel have a shard in place of the one before.
    func put(_ bytes: [UInt8], of name: String) throws {
        let name = try PackageName(name)
        state.withLock { state in
            if let old = state.shards.updateValue(bytes, forKey: name) { state.old[Digest.of(old)] = old }
        }
    }

    /// The channel's own shard index, as it is now.
    func index() throws -> ShardIndex {
        ShardIndex(
            subdir: subdir,
            baseURL: "https://conda.example.org/forge/linux-64",
            shardsBaseURL: "https://conda.example.org/forge/linux-64/s/",
            createdAt: "2026-01-01T00:00:00Z",
            shards: state.withLock { $0.shards.mapValues { Digest.of($0) } }
        )
    }

    /// A view of the channel as it is now.
    func view() throws -> UpstreamView {
        let index = try index()
        let id = Digest.of(try index.encode())
        return UpstreamView(
            of: channel,
            id: id,
            checked: Self.now,
            goodUntil: nil,
            isStale: false,
            sharded: { subdir in
                if let error = self.state.withLock({ $0.indexError }) { throw error }
                let changed = self.state.withLock { $0.changed }
                let shards = ChangedShards(Set(changed.keys.map(\.name))) { records in
                    changed.filter { file, _ in records.contains { $0.fileName == file } }
                }
                return UpstreamShards(subdir, id: id, index, isSigned: true, changed: shards) {
                    try self.fetch($0, $1)
                }
            },
            whole: { _ in self.textsOpened > 0 }
        ) { subdir in
            let hasText = self.state.withLock { state in
                state.textsOpened += 1
                return state.hasText
            }
            guard hasText else { throw Refusal(GateCode.shardsOnly, subdir.text) }
            return UpstreamSubdir(subdir, id: id, path: "", baseURL: nil)
        }
    }

    private func fetch(_ name: PackageName, _ digest: Digest) throws -> UpstreamShard {
        let found = state.withLock { state in
            state.fetched.append(name.raw)
            return state.shards.values.first { Digest.of($0) == digest } ?? state.old[digest]
        }
        if let error = state.withLock({ $0.fetchError }) { throw error }
        let bytes = try #require(found)
        let reading = try ShardReading(bytes, of: name, subdir: subdir)
        return UpstreamShard(bytes, of: name, in: subdir, faults: reading.faults)
    }

    var fetched: [String] { state.withLock { $0.fetched.sorted() } }
    var textsOpened: Int { state.withLock { $0.textsOpened } }

    /// What makes indexes; another one each time, as after a start.
    func rendered(_ policy: String = "") throws -> RenderedIndexes {
        let text = Array("version: 1\n\(policy)\n".utf8)
        let rules: IndexPolicy = try policy.isEmpty ? .empty : IndexPolicy(parsing: text, of: "policy")
        return RenderedIndexes(IndexRenderer(folder: folder.path + "/indexes"), hiding: { rules })
    }

    func shown(_ policy: String = "") async throws -> ShownShards? {
        try await rendered(policy).shards(of: subdir, in: view(), now: Self.now)
    }

    /// What a client reads.
    static func index(_ shown: ShownShards) throws -> ShardIndex {
        let file = shown.index
        let bytes = try #require(file.bytes)
        #expect(Digest.of(bytes) == file.sha256 && UInt64(bytes.count) == file.length)
        return try ShardIndex.read(bytes, subdir: Subdir("linux-64"))
    }

    /// The shard that a client gets for a package, as it reads it; nil if there is none.
    static func shard(_ name: String, _ shown: ShownShards) async throws -> Shard? {
        let name = try PackageName(name)
        guard let digest = try index(shown).digest(of: name) else { return nil }
        let file = try #require(try await shown.shard(digest))
        let bytes = try #require(file.bytes)
        return try Shard.read(bytes, expected: digest, of: name, subdir: Subdir("linux-64"))
    }

    /// The digest of the channel's own shard.
    func digest(_ name: String) throws -> Digest { try #require(try index().digest(of: PackageName(name))) }
}
