// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import DurableFiles
import TUF
import TrustCore

/// A check that a subdir's shards are all there, are what the signed shard index names, and say what
/// `repodata.json` says.
struct ShardCheck {
    let directory: String
    let subdir: Subdir

    /// Checks all shards, and answers how many there are.
    func run(_ contents: SubdirContents, _ metadata: TargetsMetadata) throws -> Int {
        guard let path = TargetPath(ChannelLayout.file(ChannelLayout.shardIndex, in: subdir)),
            let target = metadata.targets[path]
        else { return 0 }
        let bytes = try SignedFiles(directory: directory).read(target, ChannelLayout.shardIndex, in: subdir)
        let index = try ShardIndex.read(bytes, of: path.text, subdir: subdir)
        var seen = 0
        var removed: Set<ByteKey> = []
        for text in index.packageNames {
            let name = try PackageName(text)
            guard let digest = index.digest(of: name) else { continue }
            let shard = try read(name, digest)
            seen += try check(shard, against: contents)
            removed.formUnion(shard.removed.map { ByteKey($0) })
        }
        guard seen == contents.records.count else {
            throw Refusal(
                ChannelCode.indexesDisagree,
                path.text,
                expected: "\(contents.records.count) packages",
                found: "\(seen)"
            )
        }
        guard removed == contents.removed else {
            throw Refusal(
                ChannelCode.indexesDisagree,
                path.text,
                expected: "\(contents.removed.count) removed packages",
                found: "\(removed.count)"
            )
        }
        return index.count
    }

    private func read(_ name: PackageName, _ digest: Digest) throws -> Shard {
        let path = ChannelLayout.shard(digest, in: subdir)
        guard let bytes = try DurableFile.read(directory + "/" + path, maximumLength: Shard.maximumLength)
        else {
            throw Refusal(ChannelCode.shardMissing, path)
        }
        return try Shard.read(bytes, expected: digest, of: name, subdir: subdir, at: path)
    }

    private func check(_ shard: Shard, against contents: SubdirContents) throws -> Int {
        for record in shard.records {
            try contents.demandSame(record, of: "\(subdir.text)/\(record.fileName.text)")
        }
        return shard.records.count
    }
}
