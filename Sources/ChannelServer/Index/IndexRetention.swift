// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// For how long documents stay that nothing in force leads to any more.
///
/// TUF metadata stay as `MetadataRetention` says, roots for ever.
enum IndexRetention {
    /// Shards and shard indexes, in seconds: a week, as CEP 16 asks for. Readers fetch an index now and its
    /// shards later.
    static let shards: Int64 = 7 * 86_400
    /// The other forms of the index, in seconds: they are whole in themselves, and large. Whoever began to
    /// read one goes on.
    static let wholeIndexes: Int64 = 3600

    /// For how long an index file stays under its immutable name.
    static func seconds(forIndex name: String) -> Int64 {
        name.utf8.elementsEqual(ChannelLayout.shardIndex.utf8) ? shards : wholeIndexes
    }

    /// How many documents are removed in one transaction.
    static let batch = 500
}
