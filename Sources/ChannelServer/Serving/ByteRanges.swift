// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// What a `Range` field asks for of something of a known length (RFC 9110 14.2).
enum ByteRanges: Equatable {
    /// All of it: there is no such field, or it is not understood, or asks for more than a server should do.
    case whole
    /// Parts, in the order that was asked for; more than one only if no two touch.
    case parts([Range<UInt64>])
    /// Nothing that is there: 416.
    case unsatisfiable

    /// With more parts than that the whole is answered: nobody needs them, and each costs more to say than to
    /// have.
    static let maximumParts = 16

    /// Reads a field.
    static func read(_ field: String?, length: UInt64) -> ByteRanges {
        guard let field, let equals = field.utf8.firstIndex(of: UInt8(ascii: "=")),
            field.utf8[..<equals].map({ $0 | 0x20 }).elementsEqual("bytes".utf8)
        else { return .whole }
        var parts: [Range<UInt64>] = []
        var count = 0
        let rest = field.utf8[field.utf8.index(after: equals)...]
        for element in rest.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            let text = trimmed(element)
            // Empty elements of a list are no fault (RFC 9110 5.6.1.2).
            if text.isEmpty { continue }
            count += 1
            guard count <= maximumParts, let range = range(text, length) else { return .whole }
            if !range.isEmpty { parts.append(range) }
        }
        guard count > 0 else { return .whole }
        guard !parts.isEmpty else { return .unsatisfiable }
        return .parts(apart(parts))
    }

    /// One range; an empty one if nothing of it is there; nil if it is none.
    private static func range(_ text: Substring.UTF8View, _ length: UInt64) -> Range<UInt64>? {
        let ends = text.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard ends.count == 2 else { return nil }
        if ends[0].isEmpty {
            guard let suffix = number(ends[1]) else { return nil }
            return (length - min(suffix, length))..<length
        }
        guard let first = number(ends[0]) else { return nil }
        guard !ends[1].isEmpty else { return first < length ? first..<length : 0..<0 }
        guard let last = number(ends[1]), last >= first else { return nil }
        guard first < length else { return 0..<0 }
        return first..<(min(last, length - 1) + 1)
    }

    /// Digits; the largest number there is for one that is larger.
    private static func number(_ digits: Substring.UTF8View) -> UInt64? {
        guard !digits.isEmpty else { return nil }
        var value: UInt64 = 0
        for digit in digits {
            guard (0x30...0x39).contains(digit) else { return nil }
            let (tenfold, overflows) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflowsToo) = tenfold.addingReportingOverflow(UInt64(digit - 0x30))
            value = overflows || overflowsToo || value == .max ? .max : sum
        }
        return value
    }

    /// The same bytes, without any twice: parts that overlap or touch become one, where the order is lost.
    private static func apart(_ parts: [Range<UInt64>]) -> [Range<UInt64>] {
        let sorted = parts.sorted { $0.lowerBound < $1.lowerBound }
        var joined = [sorted[0]]
        for part in sorted.dropFirst() {
            let last = joined[joined.count - 1]
            if part.lowerBound <= last.upperBound {
                joined[joined.count - 1] = last.lowerBound..<max(last.upperBound, part.upperBound)
            } else {
                joined.append(part)
            }
        }
        return joined.count == parts.count ? parts : joined
    }

    private static func trimmed(_ text: Substring.UTF8View) -> Substring.UTF8View {
        let isSpace = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
        var text = text.drop(while: isSpace)
        while let last = text.last, isSpace(last) { text = text.dropLast() }
        return text
    }
}
