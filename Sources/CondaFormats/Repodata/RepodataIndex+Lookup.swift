// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

extension RepodataIndex {
    /// The longest record that is read: the largest known has some tens of kilobytes.
    public static let maximumRecordLength = 1 << 20
    /// What a record may ask for: the deepest and largest known have a depth of 3 and 300 values.
    public static let recordLimits = JSONLimits(bytes: maximumRecordLength, depth: 16, values: 50_000)

    /// How many records there are.
    public var count: Int { tarBz2.entries.count + conda.entries.count }
    /// Whether there is none.
    public var isEmpty: Bool { count == 0 }

    /// All file names, `.tar.bz2` before `.conda`, each in byte order. They are not known to be well-formed.
    public var fileNames: [String] { (tarBz2.entries + conda.entries).map(fileName) }

    /// Each file name with the very bytes of its record, in the order of ``fileNames``: made as they are asked for, so
    /// that half a million take no memory of their own.
    public var recordTexts: some Sequence<(fileName: String, text: ArraySlice<UInt8>)> {
        [tarBz2, conda].lazy.flatMap { table in
            table.entries.lazy.map { (fileName($0), text[$0.record]) }
        }
    }

    /// The names of all packages, in byte order, as file names have them; one that cannot be divided has
    /// none.
    public var packageNames: [String] {
        var names: Set<ByteKey> = []
        for table in [tarBz2, conda] {
            var last: ArraySlice<UInt8> = []
            for entry in table.entries where entry.packageNameLength > 0 {
                // Records of one package mostly stand together.
                guard text[entry.packageName] != last else { continue }
                last = text[entry.packageName]
                names.insert(ByteKey(String(decoding: last, as: UTF8.self)))
            }
        }
        return names.sorted().map(\.text)
    }

    /// The record of a file; nil if it is not listed.
    ///
    /// - Throws: a `Refusal` if the record is not as it should be.
    public func record(fileName: String) throws -> PackageRecord? {
        try entry(fileName: fileName).map { try record($0.0, in: $0.1) }
    }

    /// The record of a file; nil if it is not listed.
    public func record(fileName: ArchiveFileName) throws -> PackageRecord? {
        try record(fileName: fileName.text)
    }

    /// The very bytes of the record of a file; nil if it is not listed.
    public func recordText(fileName: String) -> ArraySlice<UInt8>? {
        entry(fileName: fileName).map { text[$0.0.record] }
    }

    /// The format under which a file is listed, whether it is of that format or not; nil if it is not listed.
    public func section(of fileName: String) -> ArchiveFormat? { entry(fileName: fileName)?.1 }

    /// Where a record stands in ``text``, by its position: `.tar.bz2` before `.conda`, each in byte order of the file
    /// names, from 0 up to ``count``.
    public func place(at position: Int) -> (fileName: Range<Int>, record: Range<Int>) {
        let entry = entry(at: position).0
        return (entry.name, entry.record)
    }

    /// The record at a position.
    ///
    /// - Throws: a `Refusal` if the record is not as it should be.
    public func record(at position: Int) throws -> PackageRecord {
        let (entry, section) = entry(at: position)
        return try record(entry, in: section)
    }

    /// The file name of the record at a position. It is not known to be well-formed.
    public func fileName(at position: Int) -> String { fileName(entry(at: position).0) }

    private func entry(at position: Int) -> (RecordTable.Entry, ArchiveFormat) {
        position < tarBz2.entries.count
            ? (tarBz2.entries[position], .tarBz2) : (conda.entries[position - tarBz2.entries.count], .conda)
    }

    /// The file names of a package, `.tar.bz2` before `.conda`, each in byte order.
    public func fileNames(named name: PackageName) -> [String] { entries(named: name).map { fileName($0.0) } }

    /// All records of a package, `.tar.bz2` before `.conda`, each in byte order of the file names.
    ///
    /// They are found by their file names, written as the name was or in lower case; that the `name` in the
    /// record is the same is checked. A record whose file name cannot be divided is no package's.
    /// - Throws: a `Refusal` if one of the records is not as it should be.
    public func records(named name: PackageName) throws -> [PackageRecord] {
        try entries(named: name).map { try record($0.0, in: $0.1) }
    }

    /// A record and the section it was found in: first its own, then the one where it does not belong.
    private func entry(fileName: String) -> (RecordTable.Entry, ArchiveFormat)? {
        let wanted = Array(fileName.utf8)
        let isConda = wanted.hasSuffix(ArchiveFormat.conda.suffix.utf8)
        for table in isConda ? [conda, tarBz2] : [tarBz2, conda] {
            if let entry = table.entry(fileName: wanted, text) { return (entry, table.format) }
        }
        return nil
    }

    private func entries(named name: PackageName) -> [(RecordTable.Entry, ArchiveFormat)] {
        let lower = Array(name.normalized.utf8)
        let written = Array(name.raw.utf8)
        return [tarBz2, conda].flatMap { table in
            // Where the two differ first, the written one has a capital letter, which is the lower byte.
            let found = written == lower ? [] : table.entries(packageName: written, text)
            return (found + table.entries(packageName: lower, text)).map { ($0, table.format) }
        }
    }

    private func fileName(_ entry: RecordTable.Entry) -> String {
        String(decoding: text[entry.name], as: UTF8.self)
    }

    private func record(_ entry: RecordTable.Entry, in section: ArchiveFormat) throws -> PackageRecord {
        try PackageRecord(
            text[entry.record],
            fileName: fileName(entry),
            in: section,
            of: info.subdir,
            subject
        )
    }
}

extension PackageRecord {
    /// Reads the record that an index lists under a file name in a section.
    init(
        _ text: ArraySlice<UInt8>,
        fileName name: String,
        in section: ArchiveFormat,
        of subdir: Subdir?,
        _ subject: String
    ) throws {
        do {
            let value = try JSONReader.read(Array(text), of: name, limits: RepodataIndex.recordLimits)
            self = try PackageRecord(value, fileName: name, subdir: subdir)
            guard fileName.format == section else {
                throw Refusal(
                    RepodataCode.wrongSection,
                    name,
                    expected: "`\(section.suffix)` files in this section"
                )
            }
        } catch let refusal as Refusal {
            throw refusal.located(at: subject)
        }
    }
}
