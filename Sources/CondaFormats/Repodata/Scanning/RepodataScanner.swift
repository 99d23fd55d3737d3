// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// The one pass over an index: finds every record and reads nothing but the few fields about the index
/// itself.
struct RepodataScanner {
    /// The longest index: a file offset fits 32 bits, and the largest channel has 363 MB.
    static let maximumLength = 2 << 30
    /// The longest file name: what common file systems hold.
    static let maximumNameLength = 255
    /// The most top-level keys; honest indexes have under ten.
    static let maximumKeys = 256

    private let text: [UInt8]
    private let subject: String
    private(set) var tarBz2 = RecordTable(.tarBz2)
    private(set) var conda = RecordTable(.conda)
    private(set) var members: [ByteKey: Range<Int>] = [:]

    /// Scans a whole text.
    init(_ text: [UInt8], of subject: String) throws {
        guard text.count <= Self.maximumLength else {
            throw Refusal(
                CoreCode.tooLarge,
                subject,
                expected: "at most \(Self.maximumLength) bytes",
                found: "\(text.count) bytes"
            )
        }
        self.text = text
        self.subject = subject
        do {
            try scan()
        } catch let defect as JSONDefect {
            throw SectionDefect.json(defect).refusal(subject, in: text)
        } catch let defect as SectionDefect {
            throw defect.refusal(subject, in: text)
        }
        try sort()
    }

    /// Scans one value in a larger text as if it were a section: names of files, each with an object.
    init(section start: Int, in text: [UInt8], of subject: String) throws {
        self.text = text
        self.subject = subject
        do {
            (tarBz2, _) = try scanSection(.tarBz2, text.span, start)
        } catch let defect as JSONDefect {
            throw SectionDefect.json(defect).refusal(subject, in: text)
        } catch let defect as SectionDefect {
            throw defect.refusal(subject, in: text)
        }
        try sort()
    }

    private mutating func scan() throws {
        let text = self.text
        let span = text.span
        var at = try JSONScanner.expect(
            UInt8(ascii: "{"),
            span,
            JSONScanner.skipSpace(span, 0),
            "an object"
        )
        at = JSONScanner.skipSpace(span, at)
        if JSONScanner.byte(span, at) == UInt8(ascii: "}") {
            at += 1
        } else {
            while true {
                at = try scanMember(span, at)
                guard JSONScanner.byte(span, at) == UInt8(ascii: ",") else { break }
                at = JSONScanner.skipSpace(span, at + 1)
            }
            at = try JSONScanner.expect(UInt8(ascii: "}"), span, at, "`,` or `}`")
        }
        at = JSONScanner.skipSpace(span, at)
        guard at == span.count else {
            throw JSONDefect(code: .jsonTrailing, at: at, expected: "the end of the text")
        }
    }

    /// Steps over one top-level key and its value, and the space behind it.
    private mutating func scanMember(_ span: Span<UInt8>, _ start: Int) throws -> Int {
        let keyEnd = try JSONScanner.skipString(
            span,
            JSONScanner.expect(UInt8(ascii: "\""), span, start, "a key")
        )
        let key = try JSONReader.read(Array(text[start..<keyEnd]), of: subject).string ?? ""
        let valueStart = try JSONScanner.skipColon(span, keyEnd)
        guard members[ByteKey(key)] == nil else {
            throw Refusal(
                CoreCode.jsonDuplicateKey,
                subject,
                at: "byte \(start)",
                expected: "each key once",
                found: "`\(key)` twice"
            )
        }
        guard members.count < Self.maximumKeys else {
            throw Refusal(
                RepodataCode.tooManyKeys,
                subject,
                expected: "at most \(Self.maximumKeys) top-level keys"
            )
        }
        let end: Int
        if ByteKey(key) == ByteKey("packages") {
            (tarBz2, end) = try scanSection(.tarBz2, span, valueStart)
        } else if ByteKey(key) == ByteKey("packages.conda") {
            (conda, end) = try scanSection(.conda, span, valueStart)
        } else {
            end = try JSONScanner.skipValue(span, valueStart)
        }
        members[ByteKey(key)] = valueStart..<end
        return JSONScanner.skipSpace(span, end)
    }

    private func scanSection(
        _ format: ArchiveFormat,
        _ span: Span<UInt8>,
        _ start: Int
    ) throws -> (RecordTable, end: Int) {
        var table = RecordTable(format)
        guard JSONScanner.byte(span, start) == UInt8(ascii: "{") else {
            throw JSONDefect(code: .jsonShape, at: start, expected: "an object of records")
        }
        var at = JSONScanner.skipSpace(span, start + 1)
        if JSONScanner.byte(span, at) == UInt8(ascii: "}") { return (table, at + 1) }
        while true {
            let found = try SectionEntry(span, at, format)
            let entry = RecordTable.Entry(
                nameStart: UInt32(truncatingIfNeeded: found.name.lowerBound),
                recordStart: UInt32(truncatingIfNeeded: found.record.lowerBound),
                recordLength: UInt32(truncatingIfNeeded: found.record.count),
                nameLength: UInt8(truncatingIfNeeded: found.name.count),
                packageNameLength: found.packageNameLength
            )
            table.append(entry, isMisplaced: found.isMisplaced, span)
            at = JSONScanner.skipSpace(span, found.record.upperBound)
            guard JSONScanner.byte(span, at) == UInt8(ascii: ",") else { break }
            at = JSONScanner.skipSpace(span, at + 1)
        }
        return (table, try JSONScanner.expect(UInt8(ascii: "}"), span, at, "`,` or `}`"))
    }

    private mutating func sort() throws {
        let text = self.text
        guard
            let twice = tarBz2.sort(text) ?? conda.sort(text) ?? tarBz2.misplacedTwin(conda, text)
                ?? conda.misplacedTwin(tarBz2, text)
        else { return }
        throw Refusal(
            RepodataCode.duplicateFile,
            subject,
            at: "byte \(twice.nameStart)",
            expected: "each file name once",
            found: "`\(String(decoding: text[twice.name], as: UTF8.self))` twice"
        )
    }
}
