// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TUF
import Transport
import TrustCore
import TrustPolicy

/// The text of a verified index as a file in the cache.
///
/// The file stays open, so that records can be read also after it was removed.
struct SignedText: Sendable {
    /// Where it is.
    let path: String
    /// The index, which stays in the file.
    let index: RepodataFile
    /// The channel's own compressed form of it; nil if it has none.
    let compressed: StoredBytes?

    /// SHA-256 of the text.
    var digest: Digest { index.digest }

    /// The record of a file; nil if the index does not list it.
    ///
    /// - Throws: a `Refusal` if the record is not as it should be.
    func record(of fileName: ArchiveFileName) throws -> PackageRecord? {
        try stored(fileName)?.read(in: index)
    }

    func stored(_ fileName: ArchiveFileName) throws -> StoredRecord? {
        guard let position = index.position(of: fileName.text.utf8) else { return nil }
        return try index.records(at: [position]).first
    }
}

/// A signed index whose text is passed on: packages are looked for in the very text that clients are shown.
struct SignedTextIndex: SubdirIndex {
    let fact: SignedIndex
    /// As the channel signed it.
    let text: SignedText
    /// As it is passed on: the same, but for records that nobody signed, where the pin demands that somebody does.
    let shown: SignedText
    /// Demands signatures of records; nil if the channel's pin does not.
    let trust: RecordTrust?
    let subdir: Subdir

    func entry(of fileName: ArchiveFileName, mirrors: MirroredFetcher, cache: BlobCache) throws -> IndexEntry
    {
        let stored = try text.stored(fileName)
        let record = try stored?.read(in: text.index)
        return IndexEntry(
            index: fact,
            record: record,
            baseURL: text.index.info.baseURL,
            isRemoved: text.index.removed.contains { ByteKey($0) == ByteKey(fileName.text) },
            recordSignature: try record.flatMap { try trust?.verify($0, stored?.signatures, in: subdir) }
        )
    }

    func entries(named name: PackageName, mirrors: MirroredFetcher, cache: BlobCache) throws -> [IndexEntry] {
        let names = (0..<text.index.count).compactMap { position in
            try? ArchiveFileName(String(decoding: text.index.fileNameBytes(at: position), as: UTF8.self))
        }
        return try names.filter { $0.name == name }.map { try entry(of: $0, mirrors: mirrors, cache: cache) }
    }
}

extension RecordTrust {
    /// Demands that enough package keys signed a record, and that it is of this subdir and of the file it is listed
    /// under.
    func verify(_ record: PackageRecord, _ signatures: ArraySlice<UInt8>?, in subdir: Subdir) throws
        -> SignedRecord
    {
        let signed = try verify(record, signatures)
        try RecordPlace.check(record, in: subdir)
        return signed
    }
}

extension SignedIndexReader {
    /// Makes the whole text of a subdir's index, by the compressed form if the channel signs one, else the plain one;
    /// nil if the signed metadata lists no index.
    ///
    /// - Throws: `gate.shards-only`, `tuf.target-missing`, `tuf.target-hash`, `tuf.target-length`, or what reading an
    ///   index throws.
    func openText(
        of subdir: Subdir,
        from mirror: BoundMirror,
        signedBy trust: RecordTrust?,
        in texts: SignedTexts
    ) async throws -> SignedTextIndex? {
        source.turn(to: mirror)
        for form in [Form.compressed, .plain, .shards] {
            guard let path = TargetPath("\(subdir.text)/\(form.rawValue)"),
                let target = try await updater.target(path)
            else { continue }
            guard form != .shards else {
                throw Refusal(GateCode.shardsOnly, path.text, at: channel.url.description)
            }
            let trusted = try await updater.trusted()
            let name = target.fileName(isPrefixed: trusted.root.role.consistentSnapshot)
            let (text, shown) = try await texts.open(
                SignedTexts.Origin(
                    target: target,
                    isCompressed: form == .compressed,
                    url: source.canonical + "/" + name,
                    subdir: subdir
                ),
                signedBy: trust,
                over: source
            )
            let fact = SignedIndex(target, in: trusted)
            return SignedTextIndex(fact: fact, text: text, shown: shown, trust: trust, subdir: subdir)
        }
        return nil
    }
}
