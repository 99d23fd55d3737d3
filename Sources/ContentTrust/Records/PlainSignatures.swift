// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// Reads signatures in the one shape that nearly all have: raw, under well-formed names of keys, at most eight.
///
/// `{"<64 digits>": {"signature": "<128 digits>"}, …}` with any white space. Whatever else a text has, it is left to
/// the strict reader, which alone refuses.
struct PlainSignatures {
    /// Where the digits of the names and of the signatures are.
    private(set) var ranges: [(key: Range<Int>, value: Range<Int>)] = []
    private let text: ArraySlice<UInt8>
    private var at: Int

    private static let maximumCount = 8

    /// Looks at a text from a position on; call ``end()`` first.
    init(_ text: ArraySlice<UInt8>, from start: Int) {
        self.text = text
        at = start
    }

    /// Where the object ends; nil if it is of another shape.
    mutating func end() -> Int? {
        guard take("{") else { return nil }
        repeat {
            guard let key = digits(64), take(":"), take("{"), matches("\"signature\""), take(":"),
                let value = digits(128), take("}"), ranges.count < Self.maximumCount,
                !ranges.contains(where: { text[$0.key] == text[key] })
            else { return nil }
            ranges.append((key, value))
            skipSpace()
        } while take(",")
        guard at < text.endIndex, text[at] == UInt8(ascii: "}") else { return nil }
        return at + 1
    }

    /// The signatures that were found.
    var signatures: [TrustSignature] {
        ranges.map { key, value in
            TrustSignature(keyID: String(decoding: text[key], as: UTF8.self), value: bytes(value))
        }
    }

    private func bytes(_ digits: Range<Int>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 2)
        for at in stride(from: digits.lowerBound, to: digits.upperBound, by: 2) {
            bytes.append(Self.value(text[at]) << 4 | Self.value(text[at + 1]))
        }
        return bytes
    }

    private static func value(_ digit: UInt8) -> UInt8 { digit < 0x3A ? digit - 0x30 : digit - 0x57 }

    private mutating func skipSpace() {
        while at < text.endIndex {
            let byte = text[at]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            at += 1
        }
    }

    /// Steps over a mark and the white space around it.
    private mutating func take(_ mark: Unicode.Scalar) -> Bool {
        skipSpace()
        guard at < text.endIndex, text[at] == UInt8(ascii: mark) else { return false }
        at += 1
        skipSpace()
        return true
    }

    private mutating func matches(_ word: StaticString) -> Bool {
        let end = at + word.utf8CodeUnitCount
        guard word.withUTF8Buffer({ end <= text.endIndex && text[at..<end].elementsEqual($0) }) else {
            return false
        }
        at = end
        return true
    }

    /// Steps over a string of so many lower-case hexadecimal digits.
    private mutating func digits(_ count: Int) -> Range<Int>? {
        let start = at + 1
        let end = start + count
        guard end < text.endIndex, text[at] == UInt8(ascii: "\""), text[end] == UInt8(ascii: "\""),
            text[start..<end].allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
        else { return nil }
        at = end + 1
        return start..<end
    }
}
