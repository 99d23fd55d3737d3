// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// One entry of a section of an index: the name of a file, and the object that belongs to it.
struct SectionEntry {
    /// The file name without its quotes.
    let name: Range<Int>
    /// The object, from `{` to behind `}`.
    let record: Range<Int>
    /// How much of the file name is the package's name; 0 where the file name is not NAME-VERSION-BUILD.
    let packageNameLength: UInt8
    /// Whether the file name is not of the section's format.
    let isMisplaced: Bool
    /// Whether the record is known to be as it should be; false where nobody asked.
    let isPlain: Bool

    /// Steps over the entry at a position.
    ///
    /// - Parameter plain: tells whether a record is as it should be; nil if that is not asked.
    @inline(__always)
    init(
        _ text: Span<UInt8>,
        _ start: Int,
        _ format: ArchiveFormat,
        plain: PlainRecord? = nil
    ) throws(SectionDefect) {
        let nameStart: Int
        do throws(JSONDefect) {
            nameStart = try JSONScanner.expect(UInt8(ascii: "\""), text, start, "a file name")
        } catch {
            throw .json(error)
        }
        let nameEnd = ArchiveNameScanner.end(text, nameStart)
        guard JSONScanner.byte(text, nameEnd) == UInt8(ascii: "\""),
            nameEnd - nameStart <= RepodataScanner.maximumNameLength
        else { throw .name(start: nameStart, end: nameEnd) }
        let stem = ArchiveNameScanner.stem(text, nameStart..<nameEnd, format)
        name = nameStart..<nameEnd
        isMisplaced = !stem.isOwn
        let nameLength = ArchiveNameScanner.packageNameLength(text, nameStart..<stem.end)
        packageNameLength = UInt8(truncatingIfNeeded: nameLength)
        do throws(JSONDefect) {
            let recordStart = try JSONScanner.skipColon(text, nameEnd + 1)
            guard JSONScanner.byte(text, recordStart) == UInt8(ascii: "{") else {
                throw JSONDefect(code: .jsonShape, at: recordStart, expected: "a record")
            }
            if stem.isOwn,
                let end = plain?.end(text, recordStart, of: nameStart..<stem.end, nameLength: nameLength)
            {
                (record, isPlain) = (recordStart..<end, true)
            } else {
                record = recordStart..<(try JSONScanner.skipValue(text, recordStart))
                isPlain = false
            }
        } catch {
            throw .json(error)
        }
    }
}

/// Why a text is no section of an index.
enum SectionDefect: Error {
    case json(JSONDefect)
    /// No file name, from behind its quote up to where that shows.
    case name(start: Int, end: Int)

    /// Where that shows.
    var position: Int {
        switch self {
        case .json(let defect): defect.at
        case .name(_, let end): end
        }
    }

    /// The defect as a refusal about a file.
    ///
    /// - Parameters:
    ///   - text: what was scanned.
    ///   - base: where in the file that begins.
    func refusal(_ subject: String, in text: [UInt8], base: Int = 0) -> Refusal {
        let at = "byte \(base + position)"
        switch self {
        case .json(let defect):
            // Not another value, but none at all, where the text ends.
            let isShape = defect.code == .jsonShape && defect.at < text.count
            return Refusal(
                defect.code == .jsonShape && !isShape ? CoreCode.jsonSyntax : defect.code,
                subject,
                at: at,
                expected: "\(defect.expected)"
            )
        case .name(_, let end) where end >= text.count:
            return Refusal(CoreCode.jsonSyntax, subject, at: at, expected: "the end of a string")
        case .name(let start, let end):
            let shown = text[start..<min(end, start + RepodataScanner.maximumNameLength)]
            return Refusal(
                RepodataCode.fileName,
                subject,
                at: at,
                expected:
                    "at most \(RepodataScanner.maximumNameLength) printable ASCII characters, no slashes, no escapes",
                found: "`\(String(decoding: shown, as: UTF8.self))…`"
            )
        }
    }
}
