// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
import ContentTrust
import DurableFiles
public import TrustCore

/// A folder of indexes that others make and TUF does not sign, opened to have its records signed for conda content
/// trust.
///
/// Opening takes the folder's lock, which only our own runs respect, and verifies its metadata. An index keeps every
/// byte outside its `signatures` member. Files are replaced one by one, each whole or not at all; whoever reads
/// `repodata.json` and its compressed form in between finds two that are each signed throughout.
public struct PlainChannel {
    private let directory: String
    private let keys: KeyRing
    private let passphrase: KeyRing.PassphraseSource
    private let mambaForm: MambaFormSource
    private let trust: ChannelTrust
    private let lock: FileLock

    /// Opens a folder.
    ///
    /// - Throws: `channel.trust-missing` if it has no metadata of conda content trust, or a `content-trust.…` code,
    ///   `content-trust.expired` among them.
    public init(
        directory: String,
        keys: KeyRing,
        passphrase: @escaping KeyRing.PassphraseSource,
        mambaForm: @escaping MambaFormSource = MambaRecords.form,
        now: Timestamp
    ) throws {
        guard ChannelTrust.isThere(in: directory) else {
            throw Refusal(
                ChannelCode.trustMissing,
                directory,
                expected: "`key_mgr.json` in the folder",
                found: "none"
            )
        }
        lock = try FileLock(Publication.privateFolder(of: directory) + "/lock")
        guard let trust = try ChannelTrust(directory: directory, keys: keys.directory) else {
            throw Refusal(ChannelCode.trustMissing, directory)
        }
        try trust.checkExpiry(now: now)
        trust.remember(beside: keys, now: now)
        self.trust = trust
        self.directory = directory
        self.keys = keys
        self.passphrase = passphrase
        self.mambaForm = mambaForm
    }

    /// Whether a folder's indexes are signed by TUF, so that they change by ``SignedChannel`` only.
    public static func isSignedByTUF(_ directory: String) -> Bool {
        Folder.exists(directory + "/" + ChannelLayout.metadataFile("1.root.json"))
            || Publication.isPending(directory)
    }

    /// The folder's subdirs that have an index.
    public static func subdirs(in directory: String) throws -> [Subdir] {
        try Folder.names(in: directory).compactMap { try? Subdir($0) }.filter {
            Folder.exists(directory + "/" + ChannelLayout.file(ChannelLayout.plainIndex, in: $0))
        }
    }

    /// What is done with records that must not be signed.
    public enum UnsignableRecords: Sendable {
        /// Nothing is written at all, and they are listed in the refusal.
        case refused
        /// The others are signed, and they are listed in the report.
        case leftUnsigned
    }

    /// Signs the records of subdirs, where they lack signatures.
    ///
    /// - Parameters:
    ///   - subdirs: which; all that have an index if nil.
    ///   - everything: whether every key at hand is to sign every record, also where enough have.
    /// - Throws: `channel.record-unsignable`, `channel.key-not-authorised`, or a `json.…` or `repodata.…` code of an
    ///   index; then no index was changed.
    public func sign(
        _ subdirs: [Subdir]? = nil,
        everything: Bool = false,
        unsignable: UnsignableRecords = .refused,
        now: Timestamp
    ) async throws -> RecordSigningReport {
        defer { withExtendedLifetime(lock) {} }
        var report = RecordSigningReport()
        var rewrites: [IndexRewrite] = []
        let recordKeys = RecordKeys(trust.authority)
        var opened: RecordSigners?
        func open() async throws -> RecordSigners {
            if let opened { return opened }
            let signers = try await recordKeys.open(keys, passphrase: passphrase)
            opened = signers
            return signers
        }
        do {
            for subdir in try subdirs.map({ Array(Set($0)).sorted() }) ?? Self.subdirs(in: directory) {
                rewrites += try await sign(subdir, recordKeys, everything, &report, open: open)
            }
            if unsignable == .refused { try report.refuseUnsignable() }
            // All that can be known to go wrong goes wrong before anything is changed.
            for rewrite in rewrites { try rewrite.checkUnchanged() }
            if let bytes = try await trust.renewedPackageManager(now: now, open: open) {
                try DurableFile.write(bytes, to: directory + "/" + PackageManagerFile.name)
                report.hasRenewedPackageManager = true
            }
            for rewrite in rewrites { try rewrite.commit() }
        } catch {
            rewrites.forEach { $0.discard() }
            throw error
        }
        return report
    }

    /// Signs one subdir's indexes, and writes them beside the old ones.
    private func sign(
        _ subdir: Subdir,
        _ recordKeys: RecordKeys,
        _ everything: Bool,
        _ report: inout RecordSigningReport,
        open: () async throws -> RecordSigners
    ) async throws -> [IndexRewrite] {
        let folder = directory + "/" + subdir.text
        try IndexRewrite.sweep(folder)
        let ledgerPath = LedgerFile.path(of: subdir, in: keys.directory)
        var ledger = try RecordLedger.read(ledgerPath, recordKeys)
        var rewrites: [IndexRewrite] = []
        var records = SignedRecords(count: 0)
        do {
            for name in [ChannelLayout.plainIndex, ChannelLayout.currentIndex] {
                let path = folder + "/" + name
                let source = try DurableFile.open(path, maximumLength: SignedChannel.indexLimit)
                guard let source else {
                    guard name == ChannelLayout.currentIndex else {
                        throw Failure(.configuration, "the subdir has no index", at: path)
                    }
                    continue
                }
                let index = try RepodataFile(source, of: ChannelLayout.file(name, in: subdir), subdir: subdir)
                // The records of the second file are mostly those of the first.
                if name == ChannelLayout.currentIndex { ledger = RecordLedger(records) }
                let signing = RecordSigning(
                    index,
                    of: subdir,
                    by: recordKeys,
                    ledger: ledger,
                    mambaForm: mambaForm
                )
                let signed = try await signing.run(everything: everything, open: open)
                let rewrite = try IndexRewrite(index, signatures: { signed[$0].json(recordKeys) }, at: path)
                rewrites.append(rewrite)
                report.add(subdir, file: name, signed, index, changing: rewrite.isChange)
                if name == ChannelLayout.plainIndex {
                    records = signed
                } else {
                    // It knows the same records; nobody else may hold what grows.
                    ledger = .empty
                    records.append(contentsOf: signed)
                }
            }
            report.note(otherFormsIn: try Folder.names(in: folder))
            report.hasNoLedger = !LedgerFile.write(records, recordKeys, to: ledgerPath) || report.hasNoLedger
        } catch {
            rewrites.forEach { $0.discard() }
            throw error
        }
        return rewrites
    }
}
