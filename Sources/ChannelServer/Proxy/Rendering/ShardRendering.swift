// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import ContentTrust
internal import TrustCore

/// Makes the shards of an index and their index (CEP 16), on all cores, and takes over those of packages of which
/// nothing changed.
struct ShardRendering: Sendable {
    let visible: VisibleIndex
    /// Where shards were made before, if they were.
    let earlier: ShardPack?

    private struct Made: Sendable {
        let name: PackageName
        let origin: Digest
        let bytes: [UInt8]
        let digest: Digest
    }

    /// Writes the pack, and then the index of it.
    func write(to folder: RenderingFolder) async throws -> (pack: RenderedFile, index: RenderedFile) {
        let pack = try folder.begin(ShardPack.fileName)
        var digests: [PackageName: Digest] = [:]
        var entries: [ShardPack.Entry] = []
        let origins = earlier?.origins ?? [:]
        let salt = RenderingPlace.digest([RenderingPlace.version, visible.subdir.text])
        let work = OrderedWork<PackageGroups.Group, Made> { groups in
            try groups.map { try made($0, salt, origins) }
        }
        let groups = PackageGroups(visible.index, where: visible.shows)
        try await work.run(groups.groups) { shards in
            for shard in shards {
                let start = pack.length
                try pack.write(shard.bytes)
                digests[shard.name] = shard.digest
                entries.append(
                    ShardPack.Entry(
                        shard: shard.digest,
                        origin: shard.origin,
                        place: start..<start + shard.bytes.count
                    )
                )
            }
        }
        try pack.write(ShardPack.table(entries))
        let index = try folder.begin(ShardIndex.fileName)
        try index.write(ShardIndex(subdir: visible.subdir, shards: digests).encode())
        return (try pack.finish(), try index.finish())
    }

    private func made(
        _ group: PackageGroups.Group,
        _ salt: Digest,
        _ origins: [Digest: ShardPack.Entry]
    ) throws -> Made {
        let stored = try visible.index.records(at: group.positions, withSignatures: false)
        let origin = group.digest(of: stored, salt: salt)
        if let earlier, let entry = origins[origin] {
            return Made(
                name: group.name,
                origin: origin,
                bytes: try earlier.bytes(of: entry),
                digest: entry.shard
            )
        }
        let records = try stored.map { try $0.read(in: visible.index) }
        let shard = try Shard(group.name, records: records, removed: group.removed).encode()
        return Made(name: group.name, origin: origin, bytes: shard.bytes, digest: shard.digest)
    }
}
