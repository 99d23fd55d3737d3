// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// Tells that a record is as it should be while it is stepped over, without making anything of it.
///
/// Of what it accepts, ``PackageRecord`` refuses nothing, and shards can hold it. What it gives up on may be as good:
/// then somebody reads it. Plain are records as all known programs write them: keys in byte order, of values that
/// mean something just the usual spelling.
struct PlainRecord {
    /// The subdirectory that records must be of.
    private let subdir: [UInt8]

    init(in subdir: Subdir) { self.subdir = Array(subdir.text.utf8) }

    /// So many elements of lists are plain in a record; the largest known has some 300.
    private static let maximumElements = 2000

    /// Steps over a record, from its `{` to behind its `}`; nil to give up.
    ///
    /// - Parameter stem: its file name up to the ending.
    func end(_ text: Span<UInt8>, _ start: Int, of stem: Range<Int>, nameLength: Int) -> Int? {
        guard let file = PlainFileName(text, stem, nameLength: nameLength) else { return nil }
        var left = Self.maximumElements
        var found = 0
        var last = 0..<0
        var at = start + 1
        while true {
            at = JSONScanner.skipSpace(text, at)
            guard JSONScanner.byte(text, at) == Self.quote, let keyEnd = Self.plainString(text, at) else {
                return nil
            }
            let key = (at + 1)..<(keyEnd - 1)
            // In byte order none is there twice.
            guard Self.precedes(text, last, key), let value = try? JSONScanner.skipColon(text, keyEnd) else {
                return nil
            }
            last = key
            guard let end = member(text, key, value, file, &found, &left) else { return nil }
            at = JSONScanner.skipSpace(text, end)
            switch JSONScanner.byte(text, at) {
            case UInt8(ascii: ","): at += 1
            case UInt8(ascii: "}"):
                let isWhole = found == 3 && at + 1 - start <= RepodataIndex.maximumRecordLength
                return isWhole ? at + 1 : nil
            default: return nil
            }
        }
    }

    // MARK: Members

    /// Steps over a value that its key allows.
    ///
    /// - Parameter found: how many of name, version and build were there.
    @inline(__always)
    private func member(
        _ text: Span<UInt8>,
        _ key: Range<Int>,
        _ at: Int,
        _ file: PlainFileName,
        _ found: inout Int,
        _ left: inout Int
    ) -> Int? {
        func part(_ range: Range<Int>) -> Int? {
            found += 1
            return Self.same(text, at, as: text, range)
        }
        let first = JSONScanner.byte(text, at)
        switch text[key.lowerBound] {
        case UInt8(ascii: "n") where JSONScanner.spells(text, key, "name"): return part(file.name)
        case UInt8(ascii: "v") where JSONScanner.spells(text, key, "version"): return part(file.version)
        case UInt8(ascii: "b") where JSONScanner.spells(text, key, "build"): return part(file.build)
        case UInt8(ascii: "s") where JSONScanner.spells(text, key, "subdir"):
            return Self.same(text, at, as: subdir.span, 0..<subdir.count)
        case UInt8(ascii: "s") where JSONScanner.spells(text, key, "sha256"): return Self.digest(text, at, 64)
        case UInt8(ascii: "m") where JSONScanner.spells(text, key, "md5"): return Self.digest(text, at, 32)
        case UInt8(ascii: "a") where JSONScanner.spells(text, key, "attestations_sha256"):
            return Self.digest(text, at, 64)
        case UInt8(ascii: "b") where JSONScanner.spells(text, key, "build_number"),
            UInt8(ascii: "s") where JSONScanner.spells(text, key, "size"),
            UInt8(ascii: "t") where JSONScanner.spells(text, key, "timestamp"),
            UInt8(ascii: "i") where JSONScanner.spells(text, key, "indexed_timestamp"):
            return Self.number(text, at)
        case UInt8(ascii: "d") where JSONScanner.spells(text, key, "depends"),
            UInt8(ascii: "c") where JSONScanner.spells(text, key, "constrains"):
            return first == UInt8(ascii: "[") ? Self.strings(text, at, &left) : nil
        case UInt8(ascii: "l") where JSONScanner.spells(text, key, "license"):
            return first == Self.quote ? Self.string(text, at) : nil
        case UInt8(ascii: "n") where JSONScanner.spells(text, key, "noarch"):
            return Self.same(text, at, as: "python") ?? Self.same(text, at, as: "generic")
        case UInt8(ascii: "p") where JSONScanner.spells(text, key, "python_site_packages_path"): return nil
        default:
            // Lists of features may be one string; what else is not known means nothing.
            switch first {
            case Self.quote: return Self.string(text, at)
            case UInt8(ascii: "["): return Self.strings(text, at, &left)
            case UInt8(ascii: "n"), UInt8(ascii: "t"), UInt8(ascii: "f"):
                return Self.isFeatures(text, key) ? nil : try? JSONScanner.skipValue(text, at)
            case 0x30...0x39: return Self.isFeatures(text, key) ? nil : Self.number(text, at)
            default: return nil
            }
        }
    }

    private static func isFeatures(_ text: Span<UInt8>, _ key: Range<Int>) -> Bool {
        JSONScanner.spells(text, key, "features") || JSONScanner.spells(text, key, "track_features")
    }

    // MARK: Values

    private static let quote = UInt8(ascii: "\"")

    /// Steps over any string.
    @inline(__always)
    private static func string(_ text: Span<UInt8>, _ at: Int) -> Int? {
        try? JSONScanner.skipString(text, at + 1)
    }

    /// Steps over a string of printable ASCII without escapes, which is not empty.
    @inline(__always)
    private static func plainString(_ text: Span<UInt8>, _ at: Int) -> Int? {
        var end = at + 1
        while end < text.count, text[end] != quote {
            guard (0x20..<0x7F).contains(text[end]), text[end] != UInt8(ascii: "\\") else { return nil }
            end += 1
        }
        return end < text.count && end > at + 1 ? end + 1 : nil
    }

    /// Steps over a list of strings.
    @inline(__always)
    private static func strings(_ text: Span<UInt8>, _ start: Int, _ left: inout Int) -> Int? {
        var at = JSONScanner.skipSpace(text, start + 1)
        if JSONScanner.byte(text, at) == UInt8(ascii: "]") { return at + 1 }
        while left > 0 {
            left -= 1
            guard JSONScanner.byte(text, at) == quote, let end = string(text, at) else { return nil }
            at = JSONScanner.skipSpace(text, end)
            let mark = JSONScanner.byte(text, at)
            if mark == UInt8(ascii: "]") { return at + 1 }
            guard mark == UInt8(ascii: ",") else { return nil }
            at = JSONScanner.skipSpace(text, at + 1)
        }
        return nil
    }

    /// Steps over a whole number that fits 64 bits with its sign, and is none too few.
    @inline(__always)
    private static func number(_ text: Span<UInt8>, _ start: Int) -> Int? {
        var at = start
        while (0x30...0x39).contains(JSONScanner.byte(text, at)) { at += 1 }
        let length = at - start
        guard length == 1 || (2...18).contains(length) && text[start] != UInt8(ascii: "0") else { return nil }
        // A fraction or an exponent is no mark that may follow.
        return at
    }

    /// Steps over lower-case hexadecimal digits.
    @inline(__always)
    private static func digest(_ text: Span<UInt8>, _ at: Int, _ count: Int) -> Int? {
        guard at + count + 1 < text.count, text[at] == quote, text[at + count + 1] == quote else {
            return nil
        }
        for digit in (at + 1)...(at + count) {
            guard (0x30...0x39).contains(text[digit]) || (0x61...0x66).contains(text[digit]) else {
                return nil
            }
        }
        return at + count + 2
    }

    // MARK: Comparing

    /// Steps over a string of just these bytes, which need no escapes.
    @inline(__always)
    private static func same(_ text: Span<UInt8>, _ at: Int, as other: Span<UInt8>, _ part: Range<Int>)
        -> Int?
    {
        guard at + part.count + 1 < text.count, text[at] == quote, text[at + part.count + 1] == quote else {
            return nil
        }
        for offset in 0..<part.count where text[at + 1 + offset] != other[part.lowerBound + offset] {
            return nil
        }
        return at + part.count + 2
    }

    @inline(__always)
    private static func same(_ text: Span<UInt8>, _ at: Int, as word: StaticString) -> Int? {
        let key = (at + 1)..<(at + 1 + word.utf8CodeUnitCount)
        guard key.upperBound < text.count, text[at] == quote, text[key.upperBound] == quote,
            JSONScanner.spells(text, key, word)
        else { return nil }
        return key.upperBound + 1
    }

    @inline(__always)
    private static func precedes(_ text: Span<UInt8>, _ a: Range<Int>, _ b: Range<Int>) -> Bool {
        for offset in 0..<min(a.count, b.count) {
            let (one, other) = (text[a.lowerBound + offset], text[b.lowerBound + offset])
            if one != other { return one < other }
        }
        return a.count < b.count
    }
}

/// The parts of a file name that ``ArchiveFileName`` takes as they are.
struct PlainFileName {
    let name: Range<Int>
    let version: Range<Int>
    let build: Range<Int>

    /// - Parameters:
    ///   - stem: the file name up to the ending, which is of a known format.
    ///   - nameLength: how much of it is the package's name; 0 where it cannot be divided.
    @inline(__always)
    init?(_ text: Span<UInt8>, _ stem: Range<Int>, nameLength: Int) {
        // With the longer of the two endings it is a whole name's length.
        guard nameLength > 0, nameLength <= PackageName.maximumLength,
            stem.count + ArchiveFormat.tarBz2.suffix.utf8.count <= ArchiveFileName.maximumLength
        else { return nil }
        name = stem.lowerBound..<(stem.lowerBound + nameLength)
        var at = name.upperBound + 1
        while at < stem.upperBound, text[at] != UInt8(ascii: "-") { at += 1 }
        guard at < stem.upperBound else { return nil }
        version = (name.upperBound + 1)..<at
        build = (at + 1)..<stem.upperBound
        guard version.count <= ArchiveFileName.maximumPartLength,
            build.count <= ArchiveFileName.maximumPartLength, Self.isName(text, name)
        else { return nil }
        for at in version where !Self.isPart(text[at]) && text[at] != UInt8(ascii: "!") { return nil }
        for at in build where !Self.isPart(text[at]) { return nil }
    }

    @inline(__always)
    private static func isPart(_ byte: UInt8) -> Bool {
        ASCIIClass.isAlphanumeric(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_")
            || byte == UInt8(ascii: "+")
    }

    /// Whether it is a name, and not a virtual one.
    @inline(__always)
    private static func isName(_ text: Span<UInt8>, _ name: Range<Int>) -> Bool {
        var wasSeparator = false
        for at in name {
            if ASCIIClass.isAlphanumeric(text[at]) {
                wasSeparator = false
                continue
            }
            let isSeparator =
                text[at] == UInt8(ascii: "_")
                || at > name.lowerBound && (text[at] == UInt8(ascii: "-") || text[at] == UInt8(ascii: "."))
            guard isSeparator, !wasSeparator else { return false }
            wasSeparator = true
        }
        return true
    }
}
