// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TrustCore

/// What a subdir's index says: the records, and the names of files that were taken out.
struct SubdirContents {
    let subdir: Subdir
    private(set) var records: [ArchiveFileName: PackageRecord] = [:]
    private(set) var removed: Set<ByteKey> = []
    /// For each record its signatures of conda content trust, as the index has them; nil where the index has no such
    /// member. Of a record that changed they are stale until it is signed again.
    var signatures: [ArchiveFileName: ArraySlice<UInt8>]?

    init(_ subdir: Subdir) { self.subdir = subdir }

    /// Reads the contents back from `repodata.json`, the form that holds everything.
    init(_ subdir: Subdir, repodata: RepodataIndex) throws {
        self.subdir = subdir
        for name in repodata.fileNames {
            guard let record = try repodata.record(fileName: name) else { continue }
            records[record.fileName] = record
        }
        removed = Set(repodata.removed.map { ByteKey($0) })
        guard repodata.signatures != nil else { return }
        // What is malformed is as good as nothing.
        let table = try? SignatureTable(repodata)
        signatures = records.keys.reduce(into: [:]) { found, name in
            found[name] = table?.signatures(of: name.text.utf8)
        }
    }

    /// Demands that another form of the index says of a file what this one, which is `repodata.json`, says.
    ///
    /// - Throws: `channel.indexes-disagree`.
    func demandSame(_ record: PackageRecord, of subject: String, at location: String? = nil) throws {
        guard let own = records[record.fileName], own.raw == record.raw else {
            throw Refusal(
                ChannelCode.indexesDisagree,
                subject,
                at: location,
                expected: "the same record in repodata.json",
                found: "another one, or none"
            )
        }
    }

    mutating func insert(_ record: PackageRecord) {
        records[record.fileName] = record
        removed.remove(ByteKey(record.fileName.text))
    }

    /// Takes a record out, and remembers the name as removed; says whether it was there.
    mutating func remove(_ name: ArchiveFileName) -> Bool {
        guard records.removeValue(forKey: name) != nil else { return false }
        removed.insert(ByteKey(name.text))
        return true
    }

    /// All forms of the index, and the shards that one of them names.
    func encoded() throws -> (files: [(name: String, bytes: [UInt8])], shards: [Digest: [UInt8]]) {
        let all = records.values.sorted { $0.fileName < $1.fileName }
        let plain = try encodedPlainly()
        let versions = CurrentVersions(all.map(\.fileName))
        let current = try RepodataWriter.encode(
            RepodataInfo(subdir: subdir),
            records: all.filter { versions.contains($0.fileName) },
            signatures: signatureText
        )
        var shards: [Digest: [UInt8]] = [:]
        var digests: [PackageName: Digest] = [:]
        for (name, removedFiles, group) in grouped(all) {
            let shard = try Shard(name, records: group, removed: removedFiles).encode()
            shards[shard.digest] = shard.bytes
            digests[name] = shard.digest
        }
        let files = [
            (ChannelLayout.plainIndex, plain),
            (ChannelLayout.compressedIndex, try Zstd.compress(plain, level: IndexAssembler.level)),
            (ChannelLayout.currentIndex, current),
            (ChannelLayout.shardIndex, try ShardIndex(subdir: subdir, shards: digests).encode()),
        ]
        return (files, shards)
    }

    /// `repodata.json`, the form that holds everything.
    func encodedPlainly() throws -> [UInt8] {
        try RepodataWriter.encode(
            RepodataInfo(subdir: subdir),
            records: Array(records.values),
            removed: removed.sorted().map(\.text),
            signatures: signatureText
        )
    }

    /// Answers a record's signatures; nil where the index has no such member.
    private var signatureText: ((ArchiveFileName) -> ArraySlice<UInt8>?)? {
        guard let signatures else { return nil }
        return { signatures[$0] }
    }

    /// Each package's records and removed files; a package whose last file was removed keeps a shard that
    /// says so.
    private func grouped(_ all: [PackageRecord]) -> [(PackageName, [String], [PackageRecord])] {
        var groups: [PackageName: (removed: [String], records: [PackageRecord])] = [:]
        for record in all { groups[record.name, default: ([], [])].records.append(record) }
        for key in removed.sorted() {
            guard let name = try? ArchiveFileName(key.text) else { continue }
            groups[name.name, default: ([], [])].removed.append(key.text)
        }
        return groups.sorted { $0.key < $1.key }.map { ($0.key, $0.value.removed, $0.value.records) }
    }
}
