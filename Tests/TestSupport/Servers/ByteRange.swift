// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// A `Range` header of one range (RFC 9110 14.2). Several ranges, or something that is none, mean the whole
/// file.
enum ByteRange: Equatable {
    case whole
    case unsatisfiable
    case part(Range<Int>)

    static func read(_ header: String, length: Int) -> ByteRange {
        guard header.hasPrefix("bytes="), !header.contains(",") else { return .whole }
        let ends = header.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2 else { return .whole }
        if ends[0].isEmpty {
            guard let suffix = number(ends[1]) else { return .whole }
            guard suffix > 0, length > 0 else { return .unsatisfiable }
            return .part(max(0, length - suffix)..<length)
        }
        guard let first = number(ends[0]) else { return .whole }
        let last = ends[1].isEmpty ? length - 1 : number(ends[1])
        guard let last, ends[1].isEmpty || last >= first else { return .whole }
        guard first < length else { return .unsatisfiable }
        return .part(first..<(min(last, length - 1) + 1))
    }

    private static func number(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        return Int(text) ?? Int.max - 1
    }
}
