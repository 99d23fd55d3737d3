// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// An index of packages (`repodata.json`, CEP 36) that stays in its file.
///
/// Opening is the same strict pass as ``RepodataIndex`` makes, on a window of the text; what is kept of a record is its
/// file name and 16 bytes. Records are read from the file when they are asked for, many that stand together at once.
///
/// The file may be written meanwhile. Then a record that is read is another than the one that was there at first, or
/// no record at all, which shows when it is read; whoever must know that all is as it was compares ``digest``.
public struct RepodataFile: Sendable {
    /// How much of the text is looked at at a time.
    public static let windowLength = 1 << 20

    /// The text.
    public private(set) var source: StoredBytes
    /// What the index is, for messages.
    public let subject: String
    /// SHA-256 of the text as it was opened.
    public let digest: Digest
    /// What it says about itself.
    public let info: RepodataInfo
    /// File names that were once listed and no longer are, in the order of the file.
    public let removed: [String]
    /// Top-level keys that are not known and have no effect, in byte order.
    public let unknownKeys: [String]
    /// Whether there is a top-level `signatures` member, well-formed or not.
    public var hasSignatures: Bool { signatures != nil }

    let signatures: Range<Int>?
    /// Where the first `{` ends, and the last top-level member, if there is one.
    let start: Int
    let endOfMembers: Int?
    private let names: [UInt8]
    private let tarBz2: RecordTable
    private let conda: RecordTable
    private let signatureTable: RecordTable?

    /// Opens an index. An empty text is an empty index (CEP 36).
    ///
    /// - Parameters:
    ///   - subject: what the index is, for messages.
    ///   - subdir: the subdirectory it must be of; an index that does not say is taken to be.
    ///   - window: how much of the text to look at at a time.
    ///   - readSignatures: demands of the signatures of each file name that they are well-formed; if nil, a member
    ///     that is not as it should be counts as one without entries.
    /// - Throws: a `Refusal` with a `json.…`, `repodata.…` or `name.…` code, or `limit.too-large`, what
    ///   `readSignatures` throws, or a `Failure` of the source.
    public init(
        _ source: StoredBytes,
        of subject: String = "repodata.json",
        subdir: Subdir? = nil,
        window: Int = windowLength,
        readSignatures: ((_ fileName: String, _ text: ArraySlice<UInt8>) throws -> Void)? = nil
    ) throws {
        let scan = try RepodataFileScanner(
            source,
            of: subject,
            subdir: subdir,
            windowLength: window,
            readSignatures: readSignatures
        )
        let members = try RepodataMembers(of: subject, subdir: subdir, keys: scan.members.keys) {
            scan.values[ByteKey($0)]
        }
        self.source = source
        self.subject = subject
        digest = scan.digest
        info = members.info
        removed = members.removed
        unknownKeys = members.unknownKeys
        signatures = scan.members[ByteKey("signatures")]
        start = scan.start
        endOfMembers = scan.members.values.map(\.upperBound).max()
        names = scan.names
        tarBz2 = scan.tarBz2
        conda = scan.conda
        signatureTable = scan.signatures
    }

    /// How many records there are.
    public var count: Int { tarBz2.entries.count + conda.entries.count }

    /// The file name of the record at a position: `.tar.bz2` before `.conda`, each in byte order, from 0 up to
    /// ``count``. It is not known to be well-formed.
    public func fileName(at position: Int) -> String {
        String(decoding: fileNameBytes(at: position), as: UTF8.self)
    }

    /// The same as bytes.
    public func fileNameBytes(at position: Int) -> ArraySlice<UInt8> { names[entry(at: position).0.name] }

    /// The package's name in the file name of the record at a position, as bytes; none where that cannot be divided.
    public func packageNameBytes(at position: Int) -> ArraySlice<UInt8> {
        names[entry(at: position).0.packageName]
    }

    /// The format under which the record at a position is listed, whether it is of that format or not.
    public func section(at position: Int) -> ArchiveFormat { entry(at: position).1 }

    /// Whether the record at a position was found to be as it should be when the index was opened: nobody who reads it
    /// refuses it. Of others that is not known; nor of any, where nobody said of which subdirectory the index must be.
    public func isPlain(at position: Int) -> Bool { entry(at: position).0.isPlain }

    /// The position of the record of a file; nil if it is not listed.
    public func position(of fileName: some Collection<UInt8>) -> Int? {
        let name = Array(fileName)
        if let at = tarBz2.position(fileName: name, names) { return at }
        return conda.position(fileName: name, names).map { tarBz2.entries.count + $0 }
    }

    /// Whether a package is listed, by the file names.
    public func lists(_ name: PackageName) -> Bool {
        [name.raw, name.normalized].contains { name in
            [tarBz2, conda].contains { !$0.entries(packageName: Array(name.utf8), names).isEmpty }
        }
    }

    /// For how many file names there are signatures.
    public var signatureCount: Int { signatureTable?.entries.count ?? 0 }

    /// The file names that there are signatures for, and no records.
    public var unlistedSignatures: some Sequence<String> {
        (signatureTable?.entries ?? []).lazy.map { names[$0.name] }.filter { position(of: $0) == nil }
            .map { String(decoding: $0, as: UTF8.self) }
    }

    /// The same index, whose text has another name by now.
    public func renamed(_ name: String) -> RepodataFile {
        var renamed = self
        renamed.source = StoredBytes(name, length: source.length, reader: source.read)
        return renamed
    }

    /// Reads the text once more, and demands that it is what was opened.
    ///
    /// - Throws: a `Failure` if somebody wrote it meanwhile.
    public func checkUnchanged() throws {
        guard try source.digest() == digest else {
            throw Failure(.disk, "somebody wrote the index while it was read", at: source.name)
        }
    }

    private func entry(at position: Int) -> (RecordTable.Entry, ArchiveFormat) {
        position < tarBz2.entries.count
            ? (tarBz2.entries[position], .tarBz2) : (conda.entries[position - tarBz2.entries.count], .conda)
    }
}

// MARK: - Reading records

/// A record of an index as it stands in the file.
public struct StoredRecord: Sendable {
    /// Its position in the index.
    public let position: Int
    /// The file name it is listed under. It is not known to be well-formed.
    public let fileName: String
    /// The record's very bytes.
    public let text: ArraySlice<UInt8>
    /// The bytes of its signatures; nil if there are none, or where they were not asked for.
    public let signatures: ArraySlice<UInt8>?
    /// The format under which it is listed, whether it is of that format or not.
    public let section: ArchiveFormat

    fileprivate init(
        _ position: Int,
        _ fileName: String,
        _ text: ArraySlice<UInt8>,
        _ signatures: ArraySlice<UInt8>?,
        _ section: ArchiveFormat
    ) {
        self.position = position
        self.fileName = fileName
        self.text = text
        self.signatures = signatures
        self.section = section
    }

    /// What it says.
    ///
    /// - Throws: a `Refusal` if the record is not as it should be.
    public func read(in index: RepodataFile) throws -> PackageRecord {
        try PackageRecord(text, fileName: fileName, in: section, of: index.info.subdir, index.subject)
    }
}

extension RepodataFile {
    /// How much that was not asked for is read between two records rather than skipped.
    private static let longestGap = 4096
    /// How much is read at once, but for a longer record.
    private static let longestRun = 1 << 20

    /// Reads the records at positions, which best stand together.
    ///
    /// - Throws: a `Failure` if the file was cut short meanwhile.
    public func records(at positions: [Int], withSignatures: Bool = true) throws -> [StoredRecord] {
        let entries = positions.map(entry(at:))
        let texts = try read(entries.map(\.0.record))
        let found = positions.map { position -> Range<Int>? in
            guard withSignatures, let signatureTable else { return nil }
            let name = Array(fileNameBytes(at: position))
            return signatureTable.entry(fileName: name, names)?.record
        }
        let signatures = try read(found.map { $0 ?? 0..<0 })
        return positions.indices.map { at in
            StoredRecord(
                positions[at],
                String(decoding: names[entries[at].0.name], as: UTF8.self),
                texts[at],
                found[at] == nil ? nil : signatures[at],
                entries[at].1
            )
        }
    }

    /// Reads the very bytes of the records at positions, which best stand together.
    ///
    /// - Throws: a `Failure` if the file was cut short meanwhile.
    public func texts(at positions: [Int]) throws -> [ArraySlice<UInt8>] {
        try read(positions.map { entry(at: $0).0.record })
    }

    /// Reads parts of the text, neighbours in one go.
    private func read(_ parts: [Range<Int>]) throws -> [ArraySlice<UInt8>] {
        var texts: [ArraySlice<UInt8>] = []
        texts.reserveCapacity(parts.count)
        while texts.count < parts.count {
            let first = parts[texts.count]
            guard !first.isEmpty else {
                texts.append([])
                continue
            }
            var last = texts.count
            while last + 1 < parts.count {
                let next = parts[last + 1]
                guard next.lowerBound >= parts[last].upperBound,
                    next.lowerBound - parts[last].upperBound <= Self.longestGap,
                    next.upperBound - first.lowerBound <= Self.longestRun
                else { break }
                last += 1
            }
            let bytes = try source.read(first.lowerBound..<parts[last].upperBound)
            for part in parts[texts.count...last] {
                let start = part.lowerBound - first.lowerBound
                texts.append(bytes[start..<start + part.count])
            }
        }
        return texts
    }
}
