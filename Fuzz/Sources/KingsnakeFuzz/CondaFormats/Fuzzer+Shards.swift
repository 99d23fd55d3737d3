// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TrustCore

extension Fuzzer {
    /// Shards and their index; what is read survives being written. The package is always called `pkg`.
    static let shards = Fuzzer("shards") { bytes in
        let isCompressed = bytes.starts(with: [0x28, 0xB5, 0x2F, 0xFD])
        let compressed = isCompressed ? bytes : try Zstd.compress(bytes, level: 1)
        if let index = try Finding.accepted({ try ShardIndex.read(compressed) }) {
            try checkIndex(index)
        }
        if let shard = try Finding.accepted({ try readShard(compressed) }) { try checkShard(shard) }
    }

    private static func readShard(_ compressed: [UInt8]) throws -> Shard {
        try Shard.read(compressed, expected: Digest.of(compressed), of: PackageName("pkg"))
    }

    private static func checkIndex(_ index: ShardIndex) throws {
        let again = Finding.ifRefused("the index that we write is refused") {
            try ShardIndex.read(try index.encode(level: 1))
        }
        Finding.unlessEqual(
            again.packageNames.map { ByteKey($0) },
            index.packageNames.map { ByteKey($0) },
            "names"
        )
        for name in index.packageNames {
            guard let name = try? PackageName(name) else { continue }
            Finding.unlessEqual(again.digest(of: name), index.digest(of: name), "the digest of `\(name)`")
        }
        let channel = try ChannelURL("https://user:secret@h.example/c")
        let zeros = Digest.of([])
        if let url = try Finding.accepted({ try index.url(of: zeros, channel: channel, subdir: .noarch) }) {
            BaseURLRules.check(url, channel)
        }
    }

    private static func checkShard(_ shard: Shard) throws {
        for record in shard.records {
            Finding.unless(PlainRules.isName(record.fileName.text), "`\(record.fileName)` is no file")
            Finding.unlessEqual(record.name, shard.name, "the name of `\(record)`")
        }
        // Digests may be text in a foreign shard and are bytes in ours, so the copy is what must stay the same.
        guard let first = try Finding.accepted({ try shard.encode(level: 1).bytes }) else { return }
        let copy = Finding.ifRefused("the shard that we write is refused") { try readShard(first) }
        Finding.unlessEqual(copy.records.map(\.fileName), shard.records.map(\.fileName), "file names")
        Finding.unlessEqual(try copy.encode(level: 1).bytes, first, "the written form has two forms")
    }
}
