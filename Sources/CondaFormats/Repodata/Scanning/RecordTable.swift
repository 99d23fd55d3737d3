// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// Where the records of one section of an index are: 16 bytes a record, in the byte order of their file
/// names.
///
/// In that order the records of one package stand together, so two binary searches answer both questions an
/// index is asked, without a hash table and without anything a hostile file could make slow.
struct RecordTable: Sendable {
    /// One record of the section.
    struct Entry: Sendable {
        /// Where the file name starts, behind its quote.
        let nameStart: UInt32
        /// Where the record's `{` is.
        let recordStart: UInt32
        let recordLength: UInt32
        let nameLength: UInt8
        /// How much of the file name is the package's name; 0 where the file name is not NAME-VERSION-BUILD.
        let packageNameLength: UInt8
        /// Whether the record is known to be as it should be.
        var isPlain = false

        var name: Range<Int> { Int(nameStart)..<Int(nameStart) + Int(nameLength) }
        var record: Range<Int> { Int(recordStart)..<Int(recordStart) + Int(recordLength) }
        var packageName: Range<Int> { Int(nameStart)..<Int(nameStart) + Int(packageNameLength) }
    }

    /// The format whose section it is.
    let format: ArchiveFormat
    private(set) var entries: [Entry] = []
    /// Those whose file name is not of the section's format.
    private var misplaced: [Entry] = []
    private var isSorted = true

    init(_ format: ArchiveFormat) { self.format = format }

    /// Adds the next record of the file. Honest indexes are in order, and then nothing is left to sort.
    @inline(__always)
    mutating func append(_ entry: Entry, isMisplaced: Bool, _ text: Span<UInt8>) {
        if isSorted, let last = entries.last { isSorted = Self.order(text, last, entry) < 0 }
        entries.append(entry)
        if isMisplaced { misplaced.append(entry) }
    }

    /// Puts the records in order; answers a file name that is there twice, if there is one.
    mutating func sort(_ text: [UInt8]) -> Entry? {
        guard !isSorted else { return nil }
        sortByPrefix(text)
        isSorted = true
        for at in entries.indices.dropFirst() where Self.order(text.span, entries[at - 1], entries[at]) == 0 {
            return entries[at]
        }
        return nil
    }

    /// A file name that stands in this section, where it does not belong, and in the other one too.
    func misplacedTwin(_ other: RecordTable, _ text: [UInt8]) -> Entry? {
        misplaced.first { other.entry(fileName: Array(text[$0.name]), text) != nil }
    }

    /// Sorts by the first sixteen bytes of the names, side by side in memory, and looks at the rest only
    /// where those are equal.
    private mutating func sortByPrefix(_ text: [UInt8]) {
        var keyed = entries.map { entry in
            (first: Self.word(text, entry, 0), second: Self.word(text, entry, 8), entry: entry)
        }
        keyed.sort { a, b in
            if a.first != b.first { return a.first < b.first }
            if a.second != b.second { return a.second < b.second }
            return Self.order(text.span, a.entry, b.entry) < 0
        }
        entries = keyed.map(\.entry)
    }

    /// Eight bytes of a name in big-endian order, with NUL, which no name has, behind its end.
    private static func word(_ text: [UInt8], _ entry: Entry, _ offset: Int) -> UInt64 {
        (0..<8).reduce(0) { word, at in
            let next = offset + at
            return word << 8 | (next < Int(entry.nameLength) ? UInt64(text[Int(entry.nameStart) + next]) : 0)
        }
    }

    /// The record of a file name.
    func entry(fileName: [UInt8], _ text: [UInt8]) -> Entry? {
        position(fileName: fileName, text).map { entries[$0] }
    }

    /// The number of the record of a file name.
    func position(fileName: [UInt8], _ text: [UInt8]) -> Int? {
        let at = lowerBound(fileName, text)
        guard at < entries.count, text[entries[at].name].elementsEqual(fileName) else { return nil }
        return at
    }

    /// The records whose file name starts with a package's name and goes on with a version and a build.
    func entries(packageName: [UInt8], _ text: [UInt8]) -> [Entry] {
        let prefix = packageName + [UInt8(ascii: "-")]
        var found: [Entry] = []
        for entry in entries[lowerBound(prefix, text)...] {
            guard text[entry.name].starts(with: prefix) else { break }
            // `a-b-1-0` starts with `a-` too, but is a package named `a-b`.
            if Int(entry.packageNameLength) == packageName.count { found.append(entry) }
        }
        return found
    }

    /// The first entry that is not before some text.
    private func lowerBound(_ wanted: [UInt8], _ text: [UInt8]) -> Int {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = low + (high - low) / 2
            if text[entries[middle].name].lexicographicallyPrecedes(wanted) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }

    /// Negative, zero or positive, as the first name is before, equal to or after the second.
    @inline(__always)
    private static func order(_ text: Span<UInt8>, _ a: Entry, _ b: Entry) -> Int {
        let bytes = text.bytes
        let common = Int(min(a.nameLength, b.nameLength))
        let (startA, startB) = (Int(a.nameStart), Int(b.nameStart))
        var offset = 0
        // A name is followed by at least `":{}` and the end, so eight bytes are nearly always there to load.
        let last = bytes.byteCount - 8 - max(startA, startB)
        while offset + 8 <= common, offset <= last {
            let wordA = bytes.unsafeLoadUnaligned(fromByteOffset: startA + offset, as: UInt64.self)
            let wordB = bytes.unsafeLoadUnaligned(fromByteOffset: startB + offset, as: UInt64.self)
            if wordA != wordB { return UInt64(bigEndian: wordA) < UInt64(bigEndian: wordB) ? -1 : 1 }
            offset += 8
        }
        while offset < common {
            let (byteA, byteB) = (text[startA + offset], text[startB + offset])
            if byteA != byteB { return byteA < byteB ? -1 : 1 }
            offset += 1
        }
        return Int(a.nameLength) - Int(b.nameLength)
    }
}
