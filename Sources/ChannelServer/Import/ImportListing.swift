// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import TrustCore

/// A package of the channel that is imported: what its index promises.
struct ListedFile: Sendable {
    let fileName: ArchiveFileName
    let subdir: Subdir
    /// Nil of a file that is out of the index.
    let promise: Promise?

    /// What the file must be.
    struct Promise: Sendable {
        let sha256: Digest?
        let md5: Digest?
        let size: UInt64?
        /// SHA-256 of its attestations.
        let attestations: Digest?
        /// When the old channel listed it first, in milliseconds.
        let indexed: UInt64?
    }

    var name: String { "\(subdir.text)/\(fileName.text)" }
}

/// The index of one subdir of a channel that is imported.
struct ImportListing: Sendable {
    let subdir: Subdir
    /// Where its packages are.
    let place: PackageLocation
    /// What it lists, and what it says was once listed.
    private(set) var files: [ListedFile] = []
    /// Records that cannot be read.
    private(set) var problems: [ImportProblem] = []
    /// The sum of all lengths, as far as they are said.
    private(set) var bytes: UInt64 = 0

    /// Takes an index in one file.
    init(_ index: RepodataIndex, of subdir: Subdir, in channel: ChannelURL) throws {
        self.subdir = subdir
        place = try PackageLocation(channel: channel, subdir: subdir, baseURL: index.info.baseURL)
        files.reserveCapacity(index.count + index.removed.count)
        for position in 0..<index.count {
            do { add(try index.record(at: position)) } catch let refusal as Refusal {
                problems.append(ImportProblem("\(subdir.text)/\(index.fileName(at: position))", refusal))
            }
        }
        for name in index.removed { add(removed: name) }
    }

    /// Begins an index that is in shards.
    init(_ index: ShardIndex, of subdir: Subdir, in channel: ChannelURL) throws {
        self.subdir = subdir
        place = try PackageLocation(channel: channel, subdir: subdir, baseURL: index.baseURL)
    }

    /// Takes one shard.
    mutating func add(_ shard: Shard) {
        for record in shard.records { add(record) }
        for name in shard.removed { add(removed: name) }
    }

    private mutating func add(_ record: PackageRecord) {
        let promise = ListedFile.Promise(
            sha256: record.sha256,
            md5: record.md5,
            size: record.size,
            attestations: record.attestationsSHA256,
            indexed: record.indexedTimestamp
        )
        files.append(ListedFile(fileName: record.fileName, subdir: subdir, promise: promise))
        bytes = bytes.addingReportingOverflow(record.size ?? 0).partialValue
    }

    /// What is no file name is nobody's file, and was never to be had.
    private mutating func add(removed name: String) {
        guard let fileName = try? ArchiveFileName(name) else { return }
        files.append(ListedFile(fileName: fileName, subdir: subdir, promise: nil))
    }
}
