// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// Strict DER, as much of it as keys and signatures need: single-byte tags, definite minimal lengths.
///
/// Every reading method answers nil, and leaves the reader where it was, if the next element is not what was
/// asked for. Nothing is copied, and lengths are compared with what is there before they are used.
struct DERReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }
    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    var isAtEnd: Bool { rest.isEmpty }
    /// The tag of the next element.
    var nextTag: UInt8? { rest.first }

    /// The contents of the next element, if it has this tag.
    mutating func element(_ tag: UInt8) -> ArraySlice<UInt8>? {
        guard rest.first == tag, let (header, length) = length(), length <= rest.count - header else {
            return nil
        }
        let contents = rest.dropFirst(header).prefix(length)
        rest = rest.dropFirst(header + length)
        return contents
    }

    /// The inside of a `SEQUENCE`.
    mutating func sequence() -> DERReader? { element(0x30).map { DERReader($0) } }
    /// The contents of an `OCTET STRING`.
    mutating func octetString() -> ArraySlice<UInt8>? { element(0x04) }
    /// The contents of an `OBJECT IDENTIFIER`.
    mutating func objectIdentifier() -> [UInt8]? { element(0x06).map { Array($0) } }
    /// A `NULL`.
    mutating func null() -> Bool { element(0x05)?.isEmpty == true }

    /// The bytes of a `BIT STRING` of whole bytes.
    mutating func bitString() -> ArraySlice<UInt8>? {
        var ahead = self
        guard let contents = ahead.element(0x03), contents.first == 0 else { return nil }
        self = ahead
        return contents.dropFirst()
    }

    /// The magnitude of an `INTEGER` greater than zero, without leading zeros.
    mutating func positiveInteger() -> ArraySlice<UInt8>? {
        var ahead = self
        guard let number = ahead.nonnegativeInteger(), number.first != 0 else { return nil }
        self = ahead
        return number
    }

    /// The magnitude of an `INTEGER` that is not negative; `[0]` for zero.
    mutating func nonnegativeInteger() -> ArraySlice<UInt8>? {
        var ahead = self
        guard let contents = ahead.element(0x02), let first = contents.first, first < 0x80 else { return nil }
        if first == 0, contents.count > 1 {
            // A leading zero is allowed only where the next bit would look like a sign.
            guard let second = contents.dropFirst().first, second >= 0x80 else { return nil }
            self = ahead
            return contents.dropFirst()
        }
        self = ahead
        return contents
    }

    /// How long the header and the contents of the next element are.
    private func length() -> (header: Int, contents: Int)? {
        guard let first = rest.dropFirst().first else { return nil }
        if first < 0x80 { return (2, Int(first)) }
        // 0x80 is the indefinite form. Three bytes of length are more than any key has.
        let count = Int(first & 0x7F)
        let digits = rest.dropFirst(2).prefix(count)
        guard (1...3).contains(count), digits.count == count, digits.first != 0 else { return nil }
        let length = digits.reduce(0) { $0 << 8 | Int($1) }
        guard length >= 0x80 else { return nil }
        return (2 + count, length)
    }
}
