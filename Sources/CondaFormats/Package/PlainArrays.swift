// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// A quick reader of the long arrays in `info/paths.json` and in prefix records, for the form they always
/// have.
///
/// It takes the arrays out of the text, and what is left is read strictly. It knows a subset of JSON: strings
/// without escapes, known members, each once. Whatever else it meets makes it give up, and then the strict
/// reader reads the whole text, with its own refusals: what this accepts, that accepts with the same meaning.
struct PlainArrays {
    /// The text without the contents of the arrays.
    let rest: [UInt8]
    /// The entries of the array of paths.
    let entries: [PlainEntry]

    /// Takes `paths` out of an `info/paths.json`; nil to give up.
    static func manifest(_ bytes: [UInt8]) -> PlainArrays? {
        bytes.withUnsafeBufferPointer { bytes in
            var scanner = PlainScanner(bytes)
            guard scanner.members({ key, scanner in key == "paths" ? scanner.entries() : scanner.skip() }),
                scanner.isAtEnd
            else { return nil }
            return PlainArrays(scanner)
        }
    }

    /// Takes `paths_data.paths` and `files` out of a prefix record; nil to give up.
    static func record(_ bytes: [UInt8]) -> PlainArrays? {
        bytes.withUnsafeBufferPointer { bytes in
            var scanner = PlainScanner(bytes)
            let isPlain = scanner.members { key, scanner in
                switch key {
                case "files": scanner.strings()
                case "paths_data":
                    scanner.members { key, scanner in key == "paths" ? scanner.entries() : scanner.skip() }
                default: scanner.skip()
                }
            }
            guard isPlain, scanner.isAtEnd else { return nil }
            return PlainArrays(scanner)
        }
    }

    private init?(_ scanner: PlainScanner) {
        guard let entries = scanner.found else { return nil }
        self.entries = entries
        var rest: [UInt8] = []
        var start = 0
        for range in scanner.arrays {
            rest += scanner.bytes[start..<range.lowerBound]
            rest += "[]".utf8
            start = range.upperBound
        }
        self.rest = rest + scanner.bytes[start...]
    }
}

/// An entry of an array of paths, its values as they were written.
struct PlainEntry {
    var path: PrefixPath?
    var type: String?
    var sha256: Digest?
    var sha256InPrefix: Digest?
    var size: UInt64?
    var placeholder: String?
    var mode: String?
    var noLink: Bool?
}

/// The scanner behind ``PlainArrays``. Each step answers false to give up.
struct PlainScanner {
    let bytes: UnsafeBufferPointer<UInt8>
    /// Where the arrays are that were taken out, in order.
    private(set) var arrays: [Range<Int>] = []
    /// The entries, once the array of paths was met.
    private(set) var found: [PlainEntry]?
    private var at = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// Whether nothing but white space is left.
    var isAtEnd: Bool { bytes[at...].allSatisfy { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 } }

    /// Goes through an object's members.
    mutating func members(_ member: (StaticKey, inout PlainScanner) -> Bool) -> Bool {
        guard take(UInt8(ascii: "{")) else { return false }
        if take(UInt8(ascii: "}")) { return true }
        repeat {
            guard let key = string(), take(UInt8(ascii: ":")), member(StaticKey(bytes[key]), &self) else {
                return false
            }
        } while take(UInt8(ascii: ","))
        return take(UInt8(ascii: "}"))
    }

    /// Takes out an array of entries.
    mutating func entries() -> Bool {
        guard found == nil else { return false }
        var entries: [PlainEntry] = []
        let isPlain = array { scanner in
            var entry = PlainEntry()
            guard scanner.members({ key, scanner in scanner.value(of: key, &entry) }) else { return false }
            entries.append(entry)
            // What is no entry, or one too many, is the strict reader's to refuse.
            return entry.path != nil && entries.count <= PathsManifest.maximumEntries
        }
        found = entries
        return isPlain
    }

    /// Takes out an array of strings.
    mutating func strings() -> Bool { array { $0.string() != nil } }

    private mutating func array(_ element: (inout PlainScanner) -> Bool) -> Bool {
        guard take(UInt8(ascii: "[")) else { return false }
        let start = at - 1
        if !take(UInt8(ascii: "]")) {
            repeat {
                guard element(&self) else { return false }
            } while take(UInt8(ascii: ","))
            guard take(UInt8(ascii: "]")) else { return false }
        }
        arrays.append(start..<at)
        return true
    }

    private mutating func value(of key: StaticKey, _ entry: inout PlainEntry) -> Bool {
        switch key {
        case "_path": return set(&entry.path) { scanner in scanner.text().flatMap { PrefixPath($0) } }
        case "path_type": return set(&entry.type) { $0.text() }
        case "sha256": return set(&entry.sha256) { $0.digest() }
        case "sha256_in_prefix": return set(&entry.sha256InPrefix) { $0.digest() }
        case "size_in_bytes": return set(&entry.size) { $0.integer() }
        case "prefix_placeholder": return set(&entry.placeholder) { $0.text() }
        case "file_mode": return set(&entry.mode) { $0.text() }
        case "no_link": return set(&entry.noLink) { $0.bool() }
        default: return false
        }
    }

    private mutating func set<Value>(_ slot: inout Value?, _ read: (inout PlainScanner) -> Value?) -> Bool {
        // A second value for one key is the strict reader's to refuse.
        guard slot == nil, let value = read(&self) else { return false }
        slot = value
        return true
    }

    private mutating func text() -> String? {
        string().map { String(decoding: UnsafeBufferPointer(rebasing: bytes[$0]), as: UTF8.self) }
    }

    private mutating func digest() -> Digest? {
        guard let range = string(), range.count == 64 else { return nil }
        var isHex = true
        let digest = [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
            for at in 0..<32 {
                let high = Self.value(ofDigit: bytes[range.lowerBound + at * 2])
                let low = Self.value(ofDigit: bytes[range.lowerBound + at * 2 + 1])
                isHex = isHex && high < 16 && low < 16
                buffer[at] = high << 4 | low & 15
            }
            count = 32
        }
        return isHex ? Digest(.sha256, bytes: digest) : nil
    }

    /// 16 for what is no hexadecimal digit in lower case.
    private static func value(ofDigit digit: UInt8) -> UInt8 {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x61...0x66: digit - 0x61 + 10
        default: 16
        }
    }

    /// A string of printable ASCII without escapes; the range of its content.
    private mutating func string() -> Range<Int>? {
        guard take(UInt8(ascii: "\"")) else { return nil }
        let start = at
        while at < bytes.count, bytes[at] != UInt8(ascii: "\"") {
            guard (0x20..<0x7F).contains(bytes[at]), bytes[at] != UInt8(ascii: "\\") else { return nil }
            at += 1
        }
        guard at < bytes.count else { return nil }
        at += 1
        return start..<(at - 1)
    }

    private mutating func integer() -> UInt64? {
        skipSpace()
        let start = at
        var value: UInt64 = 0
        while at < bytes.count, (0x30...0x39).contains(bytes[at]), at - start < 18 {
            value = value * 10 + UInt64(bytes[at] - 0x30)
            at += 1
        }
        guard at > start, at < bytes.count, at - start == 1 || bytes[start] != 0x30 else { return nil }
        // A fraction, an exponent or a 19th digit follows: not plain.
        return [0x2C, 0x7D, 0x20, 0x0A, 0x0D, 0x09].contains(bytes[at]) ? value : nil
    }

    private mutating func bool() -> Bool? {
        skipSpace()
        for (word, value) in [("true", true), ("false", false)]
        where bytes[at...].starts(with: word.utf8) {
            at += word.utf8.count
            return value
        }
        return nil
    }

    /// Passes a value by without looking into it: the strict reader reads it later.
    mutating func skip() -> Bool {
        skipSpace()
        var depth = 0
        while at < bytes.count {
            switch bytes[at] {
            case UInt8(ascii: "\""): guard skipString() else { return false }
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                at += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return true }
                depth -= 1
                at += 1
            case UInt8(ascii: ",") where depth == 0: return true
            default: at += 1
            }
        }
        return false
    }

    private mutating func skipString() -> Bool {
        at += 1
        while at < bytes.count {
            switch bytes[at] {
            case UInt8(ascii: "\""):
                at += 1
                return true
            case UInt8(ascii: "\\"): at += 2
            default: at += 1
            }
        }
        return false
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard at < bytes.count, bytes[at] == byte else { return false }
        at += 1
        return true
    }

    private mutating func skipSpace() {
        while at < bytes.count,
            bytes[at] == 0x20 || bytes[at] == 0x0A || bytes[at] == 0x0D || bytes[at] == 0x09
        {
            at += 1
        }
    }
}

/// A key in the text, compared with literals as bytes.
struct StaticKey {
    private let bytes: UnsafeBufferPointer<UInt8>

    init(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) { self.bytes = UnsafeBufferPointer(rebasing: bytes) }

    static func ~= (pattern: StaticString, key: StaticKey) -> Bool { key == pattern }

    static func == (key: StaticKey, text: StaticString) -> Bool {
        guard key.bytes.count == text.utf8CodeUnitCount else { return false }
        for at in 0..<key.bytes.count where key.bytes[at] != text.utf8Start[at] { return false }
        return true
    }
}
