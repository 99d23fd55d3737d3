// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import TrustCore

/// All shards of an index in one file, rather than in tens of thousands.
///
/// The shards stand one behind the other; a table of 80 bytes a shard follows, in the order of their digests: digest
/// of the shard, digest of what it was made of, where it begins, how long it is; then how many there are, and a mark.
struct ShardPack: Sendable {
    /// The file's name in its folder.
    static let fileName = "shards.pack"
    static let mark = Array("shards 1".utf8)
    private static let width = 80

    private let file: RenderedFile
    private let table: [UInt8]

    /// Where a shard is.
    struct Entry: Sendable {
        let shard: Digest
        /// Digest of what it was made of.
        let origin: Digest
        let place: Range<Int>
    }

    /// Opens a pack whose digest was compared; nil if it is none that this version made.
    init?(_ file: RenderedFile) throws {
        let tail = Self.mark.count + 8
        let length = Int(file.length)
        guard length >= tail else { return nil }
        let end = try file.read(length - tail..<length)
        let count = Self.number(end[..<8])
        guard Array(end[8...]) == Self.mark, count <= (length - tail) / Self.width else { return nil }
        self.file = file
        table = try file.read(length - tail - count * Self.width..<length - tail)
    }

    /// How many shards there are.
    var count: Int { table.count / Self.width }

    /// The shard of a digest; nil if there is none.
    func shard(_ digest: Digest) -> RenderedFile? {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            let found = table[middle * Self.width..<middle * Self.width + 32]
            if found.elementsEqual(digest.bytes) { return entry(middle).map(self.file) }
            if found.lexicographicallyPrecedes(digest.bytes) { low = middle + 1 } else { high = middle }
        }
        return nil
    }

    /// All shards by what they were made of.
    var origins: [Digest: Entry] {
        (0..<count).reduce(into: Dictionary(minimumCapacity: count)) { found, at in
            if let entry = entry(at) { found[entry.origin] = entry }
        }
    }

    /// The bytes of a shard.
    func bytes(of entry: Entry) throws -> [UInt8] { try file.read(entry.place) }

    private func file(_ entry: Entry) -> RenderedFile {
        RenderedFile(
            file.bytes,
            part: entry.place,
            sha256: entry.shard,
            contentType: IndexFile.mediaType(of: ShardIndex.fileName)
        )
    }

    private func entry(_ at: Int) -> Entry? {
        let row = table[at * Self.width..<(at + 1) * Self.width]
        let start = row.startIndex
        let (place, length) = (Self.number(row[(start + 64)...]), Self.number(row[(start + 72)...]))
        guard place <= Int(file.length), length <= Int(file.length) - place,
            let shard = Digest(.sha256, bytes: row[start..<start + 32]),
            let origin = Digest(.sha256, bytes: row[start + 32..<start + 64])
        else { return nil }
        return Entry(shard: shard, origin: origin, place: place..<place + length)
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int {
        Int(clamping: bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }

    // MARK: Writing

    /// The end of a pack.
    static func table(_ entries: [Entry]) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(entries.count * width + 16)
        for entry in entries.sorted(by: { $0.shard.bytes.lexicographicallyPrecedes($1.shard.bytes) }) {
            out += entry.shard.bytes
            out += entry.origin.bytes
            out += number(entry.place.lowerBound)
            out += number(entry.place.count)
        }
        return out + number(entries.count) + mark
    }

    private static func number(_ value: Int) -> [UInt8] {
        withUnsafeBytes(of: UInt64(value).bigEndian) { Array($0) }
    }
}
