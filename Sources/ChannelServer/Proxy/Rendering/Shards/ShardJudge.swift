// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import Gatekeeper
internal import TrustCore
internal import TrustPolicy

/// What a policy, and what was seen before, say of the files in a channel's shards: what they say of the same files in a whole
/// index.
struct ShardJudge: Sendable {
    let channel: ChannelURL
    let subdir: Subdir
    let policy: IndexPolicy
    let reach: NameReach
    private let changed: ChangedShards
    private let isSigned: Bool
    private let now: Timestamp

    init(
        _ shards: UpstreamShards,
        of channel: ChannelURL,
        hiding policy: IndexPolicy,
        _ reach: NameReach,
        now: Timestamp
    ) {
        self.channel = channel
        subdir = shards.subdir
        self.policy = policy
        self.reach = reach.judging(also: shards.changed.packages)
        changed = shards.changed
        isSigned = shards.isSigned
        self.now = now
    }

    /// Those of a shard's records that may be listed.
    func shown(_ records: [PackageRecord]) async throws -> [PackageRecord] {
        let changed = try await changed.findings(on: records)
        return records.filter { changed[$0.fileName] == nil && findings(on: $0).isEmpty }
    }

    /// What stands against listing a record of a shard.
    func findings(on record: PackageRecord, of shard: Shard) async throws -> [Finding] {
        let changed = try await changed.findings(on: shard.records)[record.fileName]
        return [changed].compactMap(\.self) + findings(on: record)
    }

    private func findings(on record: PackageRecord) -> [Finding] {
        var file = listed(record.fileName, version: record.version)
        file.sha256 = record.sha256
        file.md5 = record.md5
        file.size = record.size
        // A date that nobody vouches for is none.
        file.indexed = isSigned ? record.indexedAt : nil
        file.built = record.builtAt
        return policy.findings(on: file, now: now)
    }

    /// What stands against whatever has a package's name.
    func findings(on file: ArchiveFileName) -> [Finding] {
        policy.findings(on: listed(file, version: file.version), now: now)
    }

    private func listed(_ file: ArchiveFileName, version: String) -> TrustPolicy.ListedFile {
        TrustPolicy.ListedFile(
            channel: channel.identity,
            subdir: subdir.text,
            fileName: file.text,
            name: file.name.normalized,
            version: version
        )
    }
}
