// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import DurableFiles
import Gatekeeper
import TUF
public import TrustCore
import TrustPolicy

/// A check of everything in a channel's folder, from the root down to every package, as a client would see
/// it.
///
/// Any single thing that is not as it was signed is a thrown refusal; so is a file that nobody signed for,
/// since it can be downloaded by name, and one that its maintainers must sign and did not. If the channel has
/// metadata of conda content trust, so is a record that is not signed by it.
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
    /// Makes mamba's form of records, where keys are named for it.
    var mambaForm: MambaFormSource = MambaRecords.form

    /// Prepares a check.
    ///
    /// - Parameter root: the root to start from; the channel's own first root if nil, which only shows that
    ///   the folder agrees with itself.
    public init(directory: String, root: [UInt8]?, now: Timestamp) {
        self.directory = directory
        self.root = root
        self.now = now
    }

    /// Checks everything, after finishing a publication that was interrupted. Begins anew where another
    /// process publishes meanwhile.
    ///
    /// - Parameter progress: is told how many more bytes of packages were read.
    /// - Throws: a `Refusal` with a `channel.…`, `tuf.…`, `shard.…`, `digest.…`, `repodata.…`, `archive.…`
    /// or `content-trust.…` code.
    public func run(_ depth: Depth, progress: (UInt64) -> Void = { _ in }) throws -> ChannelReport {
        for _ in 1..<Self.attempts {
            try finishInterrupted()
            let before = try timestamp()
            do {
                return try runOnce(depth, progress)
            } catch let refusal as Refusal {
                guard try Publication.isPending(directory) || timestamp() != before else { throw refusal }
            }
        }
        try finishInterrupted()
        return try runOnce(depth, progress)
    }

    /// How often the check begins anew.
    private static let attempts = 5

    private func finishInterrupted() throws {
        guard Publication.isPending(directory) else { return }
        let lock = try FileLock(Publication.privateFolder(of: directory) + "/lock")
        try Publication.recover(directory)
        withExtendedLifetime(lock) {}
    }

    /// Every publication ends with another timestamp.
    private func timestamp() throws -> Digest? {
        try SignedFiles(directory: directory).digest(ChannelLayout.metadataFile("timestamp.json"))
    }

    private func runOnce(_ depth: Depth, _ progress: (UInt64) -> Void) throws -> ChannelReport {
        let editor = try RepositoryEditor(channel: directory, root: root)
        try refuseExpired(editor)
        let trust = try TrustCheck(directory: directory, now: now)
        var report = ChannelReport(rootVersion: editor.root.version, expires: Self.expiry(editor))
        report.entryCount = try checkPublishers(editor)
        for (role, metadata) in editor.roles.sorted(by: { $0.key < $1.key }) {
            guard let subdir = try? Subdir(role.text) else { continue }
            let contents = try check(subdir, role, metadata, editor, depth, &report, progress)
            if let trust {
                report.trustedCount += try trust.check(subdir, metadata, mambaForm: mambaForm)
            } else if let contents {
                try refuseOrphanedSignatures(in: contents)
            }
        }
        try refuseUndelegated(editor.roles.keys)
        return report
    }

    /// TUF 5.3.10, 5.4.4, 5.5.6, 5.6.5: a client would refuse expired metadata, so the channel is of no use.
    private func refuseExpired(_ editor: RepositoryEditor) throws {
        for status in editor.status {
            guard let expires = status.expires, expires <= now else { continue }
            throw Refusal(
                TUFCode.expired,
                "\(status.role) metadata",
                expected: "an expiry after \(now)",
                found: "\(expires)",
                remedy: MaintainersRole(status.role) == nil
                    ? "run `kingsnake channel sign` where the keys are"
                    : "let the package's maintainers sign a new list, and run `kingsnake channel delegate accept`"
            )
        }
    }

    /// Signatures that nobody can verify: the metadata that names their keys was forgotten, for instance by a mirror.
    private func refuseOrphanedSignatures(in contents: SubdirContents) throws {
        guard let signatures = contents.signatures, !signatures.isEmpty else { return }
        throw Refusal(
            ChannelCode.trustMissing,
            directory,
            expected: "`key_mgr.json`, for the index of \(contents.subdir) carries signatures",
            found: "none",
            remedy: "copy it and the roots back, or drop the signatures by `kingsnake channel sign --all`"
        )
    }

    private static func expiry(_ editor: RepositoryEditor) -> Timestamp {
        editor.status.compactMap(\.expires).min() ?? Timestamp(seconds: 0)
    }

    /// Checks a subdir; answers what its index says, nil if it has none.
    private func check(
        _ subdir: Subdir,
        _ role: RoleName,
        _ metadata: TargetsMetadata,
        _ editor: RepositoryEditor,
        _ depth: Depth,
        _ report: inout ChannelReport,
        _ progress: (UInt64) -> Void
    ) throws -> SubdirContents? {
        let indexes = IndexCheck(directory: directory, subdir: subdir)
        report.indexFileCount += try indexes.run(metadata)
        guard let contents = try SignedFiles(directory: directory).contents(of: role, metadata) else {
            return nil
        }
        try indexes.compareForms(with: contents, metadata)
        report.subdirCount += 1
        report.shardCount += try ShardCheck(directory: directory, subdir: subdir).run(contents, metadata)
        for record in contents.records.values.sorted(by: { $0.fileName < $1.fileName }) {
            let file = ChannelFile(subdir: subdir, fileName: record.fileName)
            if let word = editor.vouching(for: file) {
                try word.check(file, sha256: record.sha256, size: record.size)
                report.maintainedCount += 1
            }
            try check(record, in: subdir, depth)
            if try checkAttestations(of: file, record) { report.attestedCount += 1 }
            report.packageCount += 1
            progress(record.size ?? 0)
        }
        try refuseUnlistedPackages(in: subdir, contents)
        return contents
    }

    private func check(_ record: PackageRecord, in subdir: Subdir, _ depth: Depth) throws {
        let path = ChannelLayout.file(record.fileName.text, in: subdir)
        guard let found = try SignedFiles(directory: directory).digest(path) else {
            throw Refusal(ChannelCode.packageMissing, path)
        }
        guard let expected = record.sha256 else { throw Refusal(ChannelCode.recordWithoutDigest, path) }
        try expected.check(found, of: path)
        guard depth == .everyFile else { return }
        _ = try PackageArchiveReader.check(archivePath: directory + "/" + path, fileName: record.fileName)
    }

    /// The attestations that a record promises are there, with these bytes, under the name that clients ask for; says
    /// whether it promises any. Whose they are is not asked.
    private func checkAttestations(of file: ChannelFile, _ record: PackageRecord) throws -> Bool {
        guard let expected = record.attestationsSHA256 else { return false }
        let path = ChannelLayout.sidecar(of: file.fileName, expected, in: file.subdir)
        let found = try SignedFiles(directory: directory).digest(path)
        guard found == expected else {
            throw Refusal(
                ChannelCode.attestationsAltered,
                path,
                expected: expected.description,
                found: found?.description ?? "no file"
            )
        }
        return true
    }

    /// The owner's policy is there under both its names, as it was signed, and no other is; answers how many entries
    /// it has.
    private func checkPublishers(_ editor: RepositoryEditor) throws -> Int {
        let expected = editor.publishersTarget?.hashes.digest(by: .sha256)
        for name in [expected.map(PublishersFile.immutableName), PublishersFile.name].compactMap(\.self) {
            let found = try SignedFiles(directory: directory).digest(name)
            guard found == expected else {
                throw Refusal(
                    ChannelCode.policyAltered,
                    name,
                    expected: expected?.description ?? "no file, for none is signed",
                    found: found?.description ?? "no file"
                )
            }
        }
        return try editor.publishers(in: directory)?.policy.entries.count ?? 0
    }

    /// No file that a client would take for a package is there without a record; those of removed ones may
    /// stay.
    private func refuseUnlistedPackages(in subdir: Subdir, _ contents: SubdirContents) throws {
        for name in try Folder.names(in: directory + "/" + subdir.text) where ChannelLayout.isPackage(name) {
            let isListed = (try? ArchiveFileName(name)).map { contents.records[$0] != nil } ?? false
            guard isListed || contents.removed.contains(ByteKey(name)) else {
                throw Refusal(ChannelCode.packageUnlisted, ChannelLayout.file(name, in: subdir))
            }
        }
    }

    /// A folder that clients would take for a subdir, and that no role speaks for, holds neither index nor
    /// packages.
    private func refuseUndelegated(_ roles: some Collection<RoleName>) throws {
        for folder in try Folder.names(in: directory) {
            guard let subdir = try? Subdir(folder),
                !roles.contains(where: { ByteKey($0.text) == ByteKey(folder) })
            else { continue }
            for name in try Folder.names(in: directory + "/" + folder) {
                let path = ChannelLayout.file(name, in: subdir)
                if ChannelLayout.isIndex(name) { throw Refusal(ChannelCode.indexUnsigned, path) }
                if ChannelLayout.isPackage(name) { throw Refusal(ChannelCode.packageUnlisted, path) }
            }
        }
    }
}
