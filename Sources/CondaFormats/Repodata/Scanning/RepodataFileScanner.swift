// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// The one pass over an index that stays in its file: the same steps as ``RepodataScanner``, on a window of the text.
///
/// A step that the end of the window cuts off is made again on a window that begins where it began and is longer. So
/// what is accepted and refused is the same; the memory is that of the window and of the longest single entry.
struct RepodataFileScanner {
    /// Looks at the signatures of a file's record as they pass by.
    typealias SignatureReader = (_ fileName: String, _ text: ArraySlice<UInt8>) throws -> Void

    private(set) var tarBz2 = RecordTable(.tarBz2)
    private(set) var conda = RecordTable(.conda)
    /// Where the signatures of each file's record are; nil if there are none, or they are malformed.
    private(set) var signatures: RecordTable?
    /// The file names of all tables, one behind the other.
    private(set) var names: [UInt8] = []
    /// Where the value of each top-level key is.
    private(set) var members: [ByteKey: Range<Int>] = [:]
    /// The values that say something about the index itself.
    private(set) var values: [ByteKey: [UInt8]] = [:]
    /// Behind the first `{`.
    private(set) var start = 0

    private let source: StoredBytes
    private let subject: String
    private let windowLength: Int
    private let readSignatures: SignatureReader?
    private let plain: PlainRecord?
    /// What is looked at just now, and where it begins.
    private var window: [UInt8] = []
    private var base = 0
    private var digester = StreamingDigest(.sha256)

    private static let kept: Set<ByteKey> = [
        ByteKey("info"), ByteKey("repodata_version"), ByteKey("removed"),
    ]
    /// No step looks farther back from where it fails, nor farther ahead.
    private static let longestLookahead = 128

    /// Scans a whole text.
    ///
    /// - Parameters:
    ///   - subdir: the subdirectory of the index; if it is given, plain records are marked.
    ///   - readSignatures: if given, refuses signatures that are malformed in whichever way.
    init(
        _ source: StoredBytes,
        of subject: String,
        subdir: Subdir?,
        windowLength: Int,
        readSignatures: SignatureReader?
    ) throws {
        guard source.length <= RepodataScanner.maximumLength else {
            throw Refusal(
                CoreCode.tooLarge,
                subject,
                expected: "at most \(RepodataScanner.maximumLength) bytes",
                found: "\(source.length) bytes"
            )
        }
        self.source = source
        self.subject = subject
        self.readSignatures = readSignatures
        plain = subdir.map { PlainRecord(in: $0) }
        self.windowLength = max(1, windowLength)
        guard source.length > 0 else { return }
        try scan()
        window = []
        try sort()
    }

    /// The digest of the text as it was scanned.
    var digest: Digest { digester.finish() }

    private mutating func scan() throws {
        var (_, at) = try step(0) { text, at in
            let start = try JSONScanner.expect(
                UInt8(ascii: "{"),
                text,
                JSONScanner.skipSpace(text, at),
                "an object"
            )
            return ((), start)
        }
        start = at
        var isMore: Bool
        (isMore, at) = try step(at) { text, at in
            let next = JSONScanner.skipSpace(text, at)
            return JSONScanner.byte(text, next) == UInt8(ascii: "}") ? (false, next + 1) : (true, next)
        }
        while isMore {
            at = try scanMember(at)
            (isMore, at) = try step(at, Self.skipMark)
        }
        let (_, end) = try step(at) { text, at in
            ((), JSONScanner.skipSpace(text, at))
        }
        guard end == source.length else {
            throw Refusal(CoreCode.jsonTrailing, subject, at: "byte \(end)", expected: "the end of the text")
        }
    }

    /// Steps over what follows a member or an entry; says whether another one does.
    private static func skipMark(_ text: Span<UInt8>, _ start: Int) throws -> (isMore: Bool, end: Int) {
        let at = JSONScanner.skipSpace(text, start)
        guard JSONScanner.byte(text, at) == UInt8(ascii: ",") else {
            return (false, try JSONScanner.expect(UInt8(ascii: "}"), text, at, "`,` or `}`"))
        }
        return (true, JSONScanner.skipSpace(text, at + 1))
    }

    /// Steps over one top-level key and its value.
    private mutating func scanMember(_ start: Int) throws -> Int {
        let (keyText, keyEnd) = try step(start) { text, at in
            let end = try JSONScanner.skipString(
                text,
                JSONScanner.expect(UInt8(ascii: "\""), text, at, "a key")
            )
            return (at..<end, end)
        }
        let key = ByteKey(try JSONReader.read(Array(window[keyText]), of: subject).string ?? "")
        let (_, valueStart) = try step(keyEnd) { text, at in ((), try JSONScanner.skipColon(text, at)) }
        guard members[key] == nil else {
            throw Refusal(
                CoreCode.jsonDuplicateKey,
                subject,
                at: "byte \(start)",
                expected: "each key once",
                found: "`\(key.text)` twice"
            )
        }
        guard members.count < RepodataScanner.maximumKeys else {
            throw Refusal(
                RepodataCode.tooManyKeys,
                subject,
                expected: "at most \(RepodataScanner.maximumKeys) top-level keys"
            )
        }
        let end: Int
        if key == ByteKey("packages") {
            (tarBz2, end) = try scanSection(.tarBz2, valueStart, plain: plain)
        } else if key == ByteKey("packages.conda") {
            (conda, end) = try scanSection(.conda, valueStart, plain: plain)
        } else if key == ByteKey("signatures") {
            end = try scanSignatures(valueStart)
        } else {
            let value: Range<Int>
            (value, end) = try skipValue(valueStart)
            if Self.kept.contains(key) { values[key] = Array(window[value]) }
        }
        members[key] = valueStart..<end
        return end
    }

    private mutating func skipValue(_ start: Int) throws -> (value: Range<Int>, end: Int) {
        try step(start) { text, at in
            let end = try JSONScanner.skipValue(text, at)
            return (at..<end, end)
        }
    }

    /// Notes where signatures are; what is malformed is stepped over, and counts as none, if nobody reads them.
    private mutating func scanSignatures(_ start: Int) throws -> Int {
        let known = names.count
        guard readSignatures == nil else {
            let (table, end) = try scanSection(.tarBz2, start, read: readSignatures)
            signatures = table
            return end
        }
        do {
            let (table, end) = try scanSection(.tarBz2, start)
            signatures = table
            return end
        } catch is Refusal {
            names.removeSubrange(known...)
            return try skipValue(start).end
        }
    }

    private mutating func scanSection(
        _ format: ArchiveFormat,
        _ start: Int,
        plain: PlainRecord? = nil,
        read: SignatureReader? = nil
    ) throws -> (RecordTable, end: Int) {
        var table = RecordTable(format)
        var (isMore, at) = try step(start) { text, at in
            guard JSONScanner.byte(text, at) == UInt8(ascii: "{") else {
                throw JSONDefect(code: .jsonShape, at: at, expected: "an object of records")
            }
            let next = JSONScanner.skipSpace(text, at + 1)
            return JSONScanner.byte(text, next) == UInt8(ascii: "}") ? (false, next + 1) : (true, next)
        }
        while isMore {
            let (found, next) = try step(at) { text, at in
                let entry = try SectionEntry(text, at, format, plain: plain)
                let (isMore, end) = try Self.skipMark(text, entry.record.upperBound)
                return ((entry: entry, isMore: isMore), end)
            }
            let name = window[found.entry.name]
            try read?(String(decoding: name, as: UTF8.self), window[found.entry.record])
            let entry = RecordTable.Entry(
                nameStart: UInt32(truncatingIfNeeded: names.count),
                recordStart: UInt32(truncatingIfNeeded: base + found.entry.record.lowerBound),
                recordLength: UInt32(truncatingIfNeeded: found.entry.record.count),
                nameLength: UInt8(truncatingIfNeeded: name.count),
                packageNameLength: found.entry.packageNameLength,
                isPlain: found.entry.isPlain
            )
            names += name
            table.append(entry, isMisplaced: found.entry.isMisplaced, names.span)
            (isMore, at) = (found.isMore, next)
        }
        return (table, at)
    }

    private mutating func sort() throws {
        if let twice = tarBz2.sort(names) ?? conda.sort(names) ?? tarBz2.misplacedTwin(conda, names)
            ?? conda.misplacedTwin(tarBz2, names)
        {
            throw duplicate(twice, subject)
        }
        guard let twice = signatures?.sort(names) else { return }
        guard readSignatures == nil else { throw duplicate(twice, "\(subject) `signatures`") }
        signatures = nil
    }

    private func duplicate(_ twice: RecordTable.Entry, _ subject: String) -> Refusal {
        Refusal(
            RepodataCode.duplicateFile,
            subject,
            at: "byte \(twice.recordStart)",
            expected: "each file name once",
            found: "`\(String(decoding: names[twice.name], as: UTF8.self))` twice"
        )
    }
}

// MARK: - The window

extension RepodataFileScanner {
    /// Makes a step from a position in the file; the body is given the window, and a position in it.
    ///
    /// - Returns: what the body found, in terms of the window as it is then, and the position in the file where it
    ///   stopped.
    private mutating func step<Found>(
        _ at: Int,
        _ body: (Span<UInt8>, Int) throws -> (Found, Int)
    ) throws -> (Found, Int) {
        if at < base || at > base + window.count { (window, base) = ([], at) }
        while true {
            let isLast = base + window.count == source.length
            do {
                let (found, end) = try body(window.span, at - base)
                // What ends before the end of the window would end there in the whole text, too.
                if isLast || end < window.count { return (found, base + end) }
            } catch let defect as JSONDefect {
                try refuse(.json(defect), isLast)
            } catch let defect as SectionDefect {
                try refuse(defect, isLast)
            }
            try moveWindow(to: at)
        }
    }

    /// Refuses what more text could not mend.
    private func refuse(_ defect: SectionDefect, _ isLast: Bool) throws {
        guard isLast || defect.position < window.count - Self.longestLookahead else { return }
        throw defect.refusal(subject, in: window, base: base)
    }

    /// Lets the window begin at a position in it, and makes it longer if it began there already.
    private mutating func moveWindow(to at: Int) throws {
        let kept = window[(at - base)...]
        let start = base + window.count
        let count = min(max(windowLength - kept.count, kept.count, 1), source.length - start)
        let next = try source.read(start..<start + count)
        // Some of it may have been here before.
        let isNew = max(0, Int(digester.byteCount) - start)
        if isNew < next.count {
            next.withUnsafeBytes { digester.update(UnsafeRawBufferPointer(rebasing: $0[isNew...])) }
        }
        window = kept + next
        base = at
    }
}
