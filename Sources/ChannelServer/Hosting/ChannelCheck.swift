// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import DurableFiles
import TUF
public import TrustCore

/// A check of everything in a channel's folder, from the root down to every package, as a client would see it.
///
/// Any single thing that is not as it was signed is a thrown refusal; so is a file that nobody signed for, since it can be
/// downloaded by name.
public struct ChannelCheck: Sendable {
    /// How closely packages are looked at.
    public enum Depth: Sendable {
        /// Each package's digest and length.
        case digests
        /// Every file inside every package, too.
        case everyFile
    }

    private let directory: String
    private let root: [UInt8]?
    private let now: Timestamp

    /// Prepares a check.
    ///
    /// - Parameter root: the root to start from; the channel's own first root if nil, which only shows that the folder
    ///   agrees with itself.
    public init(directory: String, root: [UInt8]?, now: Timestamp) {
        self.directory = directory
        self.root = root
        self.now = now
    }

    /// Checks everything, after finishing a publication that was interrupted.
    ///
    /// - Parameter progress: is told how many more bytes of packages were read.
    /// - Throws: a `Refusal` with a `channel.…`, `tuf.…`, `shard.…`, `digest.…`, `repodata.…` or `archive.…` code.
    public func run(_ depth: Depth, progress: (UInt64) -> Void = { _ in }) throws -> ChannelReport {
        if Publication.isPending(directory) {
            let lock = try FileLock(Publication.privateFolder(of: directory) + "/lock")
            try Publication.recover(directory)
            withExtendedLifetime(lock) {}
        }
        let limit = SignedChannel.metadataLimit
        let folder = directory + "/" + ChannelLayout.metadata
        let read = { (name: String) in try DurableFile.read(folder + "/" + name, maximumLength: limit) }
        guard let root = try root ?? read("1.root.json") else { throw Refusal(ChannelCode.notAChannel, directory) }
        let editor = try RepositoryEditor(trustedRoot: root, read: read)
        try refuseExpired(editor)
        var report = ChannelReport(rootVersion: editor.root.version, expires: Self.expiry(editor))
        for (role, metadata) in editor.roles.sorted(by: { $0.key < $1.key }) where role.topLevelKind == nil {
            try check(role, metadata, depth, &report, progress)
        }
        return report
    }

    /// TUF 5.3.10, 5.4.4, 5.5.6, 5.6.5: a client would refuse expired metadata, so the channel is of no use.
    private func refuseExpired(_ editor: RepositoryEditor) throws {
        for status in editor.status {
            guard let expires = status.expires, expires <= now else { continue }
            throw Refusal(
                TUFCode.expired, "\(status.role) metadata", expected: "an expiry after \(now)", found: "\(expires)",
                remedy: "run `kingsnake channel sign` where the keys are")
        }
    }

    private static func expiry(_ editor: RepositoryEditor) -> Timestamp {
        editor.status.compactMap(\.expires).min() ?? Timestamp(seconds: 0)
    }

    private func check(
        _ role: RoleName,
        _ metadata: TargetsMetadata,
        _ depth: Depth,
        _ report: inout ChannelReport,
        _ progress: (UInt64) -> Void
    ) throws {
        let subdir = try Subdir(role.text)
        let files = SignedFiles(directory: directory)
        guard let contents = try files.contents(of: role, metadata) else { return }
        report.subdirCount += 1
        report.indexFileCount += try checkIndexFiles(subdir, metadata)
        report.shardCount += try ShardCheck(directory: directory, subdir: subdir).run(contents, metadata)
        for record in contents.records.values.sorted(by: { $0.fileName < $1.fileName }) {
            try check(record, in: subdir, depth)
            report.packageCount += 1
            progress(record.size ?? 0)
        }
        try refuseUnlisted(subdir, contents)
    }

    /// Every signed index file is there under both its names, with the signed bytes, and no other index file is.
    private func checkIndexFiles(_ subdir: Subdir, _ metadata: TargetsMetadata) throws -> Int {
        var count = 0
        for name in ChannelLayout.indexFiles {
            let plain = ChannelLayout.file(name, in: subdir)
            guard let path = TargetPath(plain), let target = metadata.targets[path] else {
                if Folder.exists(directory + "/" + plain) { throw Refusal(ChannelCode.indexUnsigned, plain) }
                continue
            }
            let immutable = target.hashes.digest(by: .sha256).map {
                ChannelLayout.immutableFile(name, digest: $0, in: subdir)
            }
            for file in [plain, immutable].compactMap({ $0 }) {
                let found = try SignedFiles(directory: directory).digest(file)
                guard let found, found == target.hashes.digest(by: .sha256) else {
                    throw Refusal(
                        ChannelCode.indexAltered, file, expected: target.hashes.digest(by: .sha256)?.description,
                        found: found?.description ?? "no file")
                }
            }
            count += 1
        }
        return count
    }

    private func check(_ record: PackageRecord, in subdir: Subdir, _ depth: Depth) throws {
        let path = ChannelLayout.file(record.fileName.text, in: subdir)
        guard let found = try SignedFiles(directory: directory).digest(path) else {
            throw Refusal(ChannelCode.packageMissing, path)
        }
        guard let expected = record.sha256 else { throw Refusal(ChannelCode.indexesDisagree, path, expected: "a SHA-256") }
        try expected.check(found, of: path)
        guard depth == .everyFile else { return }
        _ = try PackageArchiveReader.check(archivePath: directory + "/" + path, fileName: record.fileName)
    }

    private func refuseUnlisted(_ subdir: Subdir, _ contents: SubdirContents) throws {
        for name in try Folder.names(in: directory + "/" + subdir.text) {
            guard let file = try? ArchiveFileName(name), contents.records[file] == nil,
                !contents.removed.contains(ByteKey(name))
            else { continue }
            throw Refusal(ChannelCode.packageUnlisted, ChannelLayout.file(name, in: subdir))
        }
    }
}
