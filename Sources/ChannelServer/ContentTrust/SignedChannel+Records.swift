// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import ContentTrust
import DurableFiles
import TUF
public import TrustCore

extension SignedChannel {
    /// Signs the records of all subdirs for conda content trust, where they lack signatures, and publishes that.
    ///
    /// Later publications keep the signatures up by themselves; this is for the first time, after keys were changed,
    /// and for `pkg_mgr.json`, which is renewed when its end is near.
    ///
    /// - Parameter everything: whether every key at hand is to sign every record, also where enough have.
    /// - Throws: `channel.trust-missing` if the channel has no such metadata, `content-trust.expired`,
    ///   `channel.record-unsignable`, `channel.key-not-authorised`.
    public mutating func signRecords(everything: Bool, now: Timestamp) async throws -> (
        report: RecordSigningReport, change: ChannelChange
    ) {
        guard let trust = try ChannelTrust(directory: directory, keys: keys.directory) else {
            throw Refusal(ChannelCode.trustMissing, directory)
        }
        try trust.checkExpiry(now: now)
        trust.remember(beside: keys, now: now)
        var change = ChannelChange()
        var publication = Publication()
        var report = RecordSigningReport()
        let recordKeys = RecordKeys(trust.authority)
        var opened: RecordSigners?
        func open() async throws -> RecordSigners {
            if let opened { return opened }
            let signers = try await recordKeys.open(keys, passphrase: passphrase)
            opened = signers
            return signers
        }
        if let bytes = try await trust.renewedPackageManager(now: now, open: open) {
            publication.write(bytes, to: PackageManagerFile.name, .trust)
            report.hasRenewedPackageManager = true
        }
        var changed: [SubdirContents] = []
        for role in editor.roles.keys.sorted() {
            guard let subdir = try? Subdir(role.text) else { continue }
            let old = try read(subdir)
            let (new, records) = try await sign(old, recordKeys, everything: everything, open: open)
            let names = try new.fileNames()
            report.add(subdir, records, changing: new.signatures != old.signatures) { names[$0] }
            if new.signatures != old.signatures { changed.append(new) }
        }
        try report.refuseUnsignable()
        try await publish(changed, &publication, &change, now: now)
        return (report, change)
    }

    /// The contents that are to be published, with the signatures of their records, if the channel has metadata of
    /// conda content trust.
    ///
    /// The keys are opened, and the metadata must not have run out, only if a record lacks signatures: a package must
    /// be removable at any time.
    func signingRecords(of contents: [SubdirContents], now: Timestamp) async throws -> [SubdirContents] {
        guard !contents.isEmpty else { return [] }
        guard let trust = try ChannelTrust(directory: directory, keys: keys.directory) else {
            return contents.map(\.withoutSignatures)
        }
        trust.remember(beside: keys, now: now)
        let recordKeys = RecordKeys(trust.authority)
        var opened: RecordSigners?
        var report = RecordSigningReport()
        var result: [SubdirContents] = []
        for subdir in contents {
            let (new, records) = try await sign(subdir, recordKeys, everything: false) {
                if let opened { return opened }
                try trust.checkExpiry(now: now)
                let signers = try await recordKeys.open(keys, passphrase: passphrase)
                opened = signers
                return signers
            }
            let names = try new.fileNames()
            report.add(subdir.subdir, records, changing: true) { names[$0] }
            result.append(new)
        }
        try report.refuseUnsignable()
        return result
    }

    /// The subdirs whose indexes carry signatures that nothing in the folder can verify any more, without them; and
    /// those that change anyway.
    func givingUpSignatures(besides changed: [SubdirContents]) throws -> [SubdirContents] {
        guard !ChannelTrust.isThere(in: directory),
            !Folder.exists(keys.directory + "/" + ChannelTrust.anchorFile)
        else { return changed }
        let others = Set(changed.map(\.subdir))
        return try changed
            + editor.roles.keys.sorted().compactMap { try? Subdir($0.text) }
            .filter { !others.contains($0) && carriesSignatures($0) }
            .map { try read($0) }.filter { $0.signatures?.isEmpty == false }.map(\.withoutSignatures)
    }

    /// Whether a subdir's index has a member for signatures; said without reading a record, since nearly none has one.
    /// Of a file that is missing or damaged nothing is known.
    private func carriesSignatures(_ subdir: Subdir) -> Bool {
        let path = ChannelLayout.file(ChannelLayout.plainIndex, in: subdir)
        let stored = try? DurableFile.open(directory + "/" + path, maximumLength: SignedChannel.indexLimit)
        return stored.flatMap { try? RepodataFile($0, of: path, subdir: subdir).hasSignatures } ?? true
    }

    private func sign(
        _ contents: SubdirContents,
        _ recordKeys: RecordKeys,
        everything: Bool,
        open: () async throws -> RecordSigners
    ) async throws -> (SubdirContents, SignedRecords) {
        let subdir = contents.subdir
        let path = LedgerFile.path(of: subdir, in: keys.directory)
        let index = try RepodataFile(
            StoredBytes(contents.encodedPlainly()),
            of: ChannelLayout.file(ChannelLayout.plainIndex, in: subdir),
            subdir: subdir
        )
        let signing = RecordSigning(
            index,
            of: subdir,
            by: recordKeys,
            ledger: try RecordLedger.read(path, recordKeys),
            mambaForm: mambaForm
        )
        let records = try await signing.run(everything: everything, open: open)
        LedgerFile.write(records, recordKeys, to: path)
        var new = contents
        new.signatures = try records.enumerated().reduce(into: [:]) { signatures, item in
            let name = try ArchiveFileName(index.fileName(at: item.offset))
            signatures[name] = item.element.json(recordKeys).map { $0[...] }
        }
        return (new, records)
    }
}

extension SubdirContents {
    fileprivate var withoutSignatures: SubdirContents {
        var contents = self
        contents.signatures = nil
        return contents
    }

    /// The names of the records' files, in the order in which an index lists them.
    fileprivate func fileNames() throws -> [String] {
        [ArchiveFormat.tarBz2, .conda].flatMap { format in
            records.keys.filter { $0.format == format }.sorted().map(\.text)
        }
    }
}
