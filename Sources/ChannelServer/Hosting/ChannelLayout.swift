// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
public import TrustCore

/// Where things are in a channel's folder, relative to it. The same paths, below a URL, are what readers ask
/// for.
public enum ChannelLayout {
    /// The folder of TUF metadata.
    public static let metadata = "tuf"
    /// The index files that every conda client knows how to find, and which TUF signs as targets.
    public static let plainIndex = "repodata.json"
    /// The same, compressed with zstd.
    public static let compressedIndex = "repodata.json.zst"
    /// The newest version of each package only: what conda's classic solver asks for first.
    public static let currentIndex = "current_repodata.json"
    /// The shard index (CEP 16).
    public static let shardIndex = "repodata_shards.msgpack.zst"
    /// All index files of a subdir.
    public static let indexFiles = [plainIndex, compressedIndex, currentIndex, shardIndex]

    /// Whether clients would take a file in a subdir for an index, by its name: also in forms that we do not
    /// make, such as
    /// `repodata.json.bz2` and `repodata.jlap`, which some clients prefer where they find them.
    static func isIndex(_ name: String) -> Bool {
        ["repodata", "current_repodata"].contains { name.utf8.starts(with: $0.utf8) }
    }

    /// Whether clients would take a file for a package, by its name.
    static func isPackage(_ name: String) -> Bool {
        ArchiveFormat.allCases.contains { name.utf8.reversed().starts(with: $0.suffix.utf8.reversed()) }
    }

    /// A package, or an index file under the name that every client reads.
    public static func file(_ name: String, in subdir: Subdir) -> String { "\(subdir.text)/\(name)" }

    /// An index file under its immutable name, as TUF's consistent snapshots write it
    /// (specification 1.0.34, section 6.2): the digest stands before the last component.
    public static func immutableFile(_ name: String, digest: Digest, in subdir: Subdir) -> String {
        "\(subdir.text)/\(digest.hex).\(name)"
    }

    /// A shard (CEP 16), named by the digest of its compressed bytes.
    public static func shard(_ digest: Digest, in subdir: Subdir) -> String {
        "\(subdir.text)/shards/\(digest.hex).msgpack.zst"
    }

    /// A file of TUF metadata.
    public static func metadataFile(_ name: String) -> String { "\(metadata)/\(name)" }
}
