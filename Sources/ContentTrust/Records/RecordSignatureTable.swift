// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// The top-level `signatures` object of an index, opened in one strict pass that remembers where each file's
/// signatures are: 16 bytes a file, beside the text, of which nothing is copied.
///
/// Every signature is well-formed and no file name is there twice. Whether a file is listed in the index, or a
/// signature valid, is not asked here.
public struct RecordSignatureTable: Sendable {
    /// The longest object.
    public static let maximumLength = 2 << 30
    /// The longest file name, as in indexes: what common file systems hold.
    public static let maximumNameLength = 255
    /// The longest object of one file.
    public static let maximumEntryLength = 1 << 20

    /// One file: where its name and its signatures begin, from the beginning of the text, and how long they are.
    private struct Entry {
        let name: UInt32
        let value: UInt32
        let valueLength: UInt32
        let nameLength: UInt8
    }

    private let text: ArraySlice<UInt8>
    private let subject: String
    /// In byte order of the names.
    private var entries: [Entry] = []

    /// Opens the object.
    ///
    /// - Parameters:
    ///   - text: Such as `RepodataIndex.signatures`.
    ///   - subject: What the index is, for messages.
    /// - Throws: a `Refusal` with a `json.…` code, `limit.too-large`, `content-trust.signature-format` or
    ///   `content-trust.openpgp-headers`.
    public init(_ text: ArraySlice<UInt8>, of subject: String) throws {
        guard text.count <= Self.maximumLength else {
            throw Refusal(
                CoreCode.tooLarge,
                subject,
                expected: "at most \(Self.maximumLength) bytes of signatures",
                found: "\(text.count)"
            )
        }
        self.text = text
        self.subject = subject
        try scan()
        try sort()
    }

    /// How many files have signatures, or an empty object for them.
    public var count: Int { entries.count }

    /// The file names, in byte order.
    public var fileNames: some Sequence<String> {
        entries.lazy.map { String(decoding: text[name($0)], as: UTF8.self) }
    }

    /// The signatures of a file; none if it is not there.
    public subscript(fileName: String) -> [TrustSignature] {
        get throws {
            var wanted = fileName
            let found = wanted.withUTF8 { wanted in
                let at = position(of: wanted)
                return at < entries.count && text[name(entries[at])].elementsEqual(wanted) ? entries[at] : nil
            }
            return try found.map { try RecordSignatures.read(text[value($0)], of: fileName) } ?? []
        }
    }

    /// Where the first entry is whose name is not before this one.
    private func position(of wanted: UnsafeBufferPointer<UInt8>) -> Int {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = low + (high - low) / 2
            if text[name(entries[middle])].lexicographicallyPrecedes(wanted) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }

    private func name(_ entry: Entry) -> Range<Int> {
        let start = text.startIndex + Int(entry.name)
        return start..<start + Int(entry.nameLength)
    }

    private func value(_ entry: Entry) -> Range<Int> {
        let start = text.startIndex + Int(entry.value)
        return start..<start + Int(entry.valueLength)
    }
}

// MARK: - Opening

extension RecordSignatureTable {
    private mutating func scan() throws {
        var at = skipSpace(text.startIndex)
        guard byte(at) == UInt8(ascii: "{") else { throw refusal(.jsonShape, at, "an object of signatures") }
        at = skipSpace(at + 1)
        if byte(at) == UInt8(ascii: "}") {
            at += 1
        } else {
            while true {
                at = skipSpace(try scanEntry(at))
                guard byte(at) == UInt8(ascii: ",") else { break }
                at = skipSpace(at + 1)
            }
            guard byte(at) == UInt8(ascii: "}") else { throw refusal(.jsonSyntax, at, "`,` or `}`") }
            at += 1
        }
        at = skipSpace(at)
        guard at == text.endIndex else { throw refusal(.jsonTrailing, at, "the end of the text") }
    }

    private mutating func scanEntry(_ start: Int) throws -> Int {
        guard byte(start) == UInt8(ascii: "\"") else { throw refusal(.jsonSyntax, start, "a file name") }
        let name = start + 1
        var nameEnd = name
        while byte(nameEnd) > 0x20, byte(nameEnd) < 0x7F, byte(nameEnd) != UInt8(ascii: "\""),
            byte(nameEnd) != UInt8(ascii: "\\")
        { nameEnd += 1 }
        guard byte(nameEnd) == UInt8(ascii: "\""), nameEnd - name <= Self.maximumNameLength else {
            guard nameEnd < text.endIndex else { throw refusal(.jsonSyntax, nameEnd, "the end of a string") }
            throw Refusal(
                ContentTrustCode.signatureFormat,
                subject,
                at: "byte \(nameEnd - text.startIndex)",
                expected:
                    "a file name of at most \(Self.maximumNameLength) printable ASCII characters, no escapes"
            )
        }
        let colon = skipSpace(nameEnd + 1)
        guard byte(colon) == UInt8(ascii: ":") else { throw refusal(.jsonSyntax, colon, "`:`") }
        let value = skipSpace(colon + 1)
        let end = try endOfSignatures(value, name..<nameEnd)
        entries.append(
            Entry(
                name: UInt32(truncatingIfNeeded: name - text.startIndex),
                value: UInt32(truncatingIfNeeded: value - text.startIndex),
                valueLength: UInt32(truncatingIfNeeded: end - value),
                nameLength: UInt8(truncatingIfNeeded: nameEnd - name)
            )
        )
        return end
    }

    /// Where the signatures of one file end; whatever is unusual about them is read strictly.
    private func endOfSignatures(_ start: Int, _ name: Range<Int>) throws -> Int {
        var plain = PlainSignatures(text, from: start)
        if let end = plain.end() { return end }
        let end = try endOfObject(start)
        _ = try RecordSignatures.read(text[start..<end], of: String(decoding: text[name], as: UTF8.self))
        return end
    }

    /// Where an object ends, if it is well-formed: behind the bracket that closes it.
    private func endOfObject(_ start: Int) throws -> Int {
        guard byte(start) == UInt8(ascii: "{") else {
            throw refusal(start < text.endIndex ? .jsonShape : .jsonSyntax, start, "an object of signatures")
        }
        var depth = 0
        var isInString = false
        var at = start
        let limit = min(text.endIndex, start + Self.maximumEntryLength)
        while at < limit {
            switch text[at] {
            case UInt8(ascii: "\""): isInString.toggle()
            case UInt8(ascii: "\\") where isInString: at += 1
            case UInt8(ascii: "{") where !isInString: depth += 1
            case UInt8(ascii: "}") where !isInString:
                depth -= 1
                if depth == 0 { return at + 1 }
            default: break
            }
            at += 1
        }
        guard limit == text.endIndex else {
            throw refusal(.tooLarge, at, "at most \(Self.maximumEntryLength) bytes of signatures for a file")
        }
        throw refusal(.jsonSyntax, text.endIndex, "`}`")
    }

    /// Puts the entries in order, where they are not, and refuses names that are there twice.
    private mutating func sort() throws {
        var sorted = entries
        let isSorted = zip(sorted, sorted.dropFirst()).allSatisfy { precedes($0, $1) }
        if isSorted { return }
        entries = []
        sorted.sort { precedes($0, $1) }
        entries = sorted
        for (one, other) in zip(sorted, sorted.dropFirst()) where !precedes(one, other) {
            throw refusal(
                .jsonDuplicateKey,
                name(other).lowerBound,
                "each file name once",
                found: "`\(String(decoding: text[name(other)], as: UTF8.self))` twice"
            )
        }
    }

    private func precedes(_ a: Entry, _ b: Entry) -> Bool {
        text[name(a)].lexicographicallyPrecedes(text[name(b)])
    }

    /// The byte at a position; 0, which is valid nowhere, at the end.
    private func byte(_ at: Int) -> UInt8 { at < text.endIndex ? text[at] : 0 }

    private func skipSpace(_ start: Int) -> Int {
        var at = start
        while at < text.endIndex {
            switch text[at] {
            case 0x20, 0x0A, 0x0D, 0x09: at += 1
            default: return at
            }
        }
        return at
    }

    private func refusal(_ code: CoreCode, _ at: Int, _ expected: String, found: String? = nil) -> Refusal {
        Refusal(code, subject, at: "byte \(at - text.startIndex)", expected: expected, found: found)
    }
}
