// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// Cuts an input into the parts that a parser takes.
///
/// Text is repaired where it is no UTF-8: parsers are given strings by readers that have checked that.
struct InputParts {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    var isAtEnd: Bool { rest.isEmpty }
    /// What is left.
    var remainder: [UInt8] { Array(rest) }

    /// The next byte; 0 at the end.
    mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

    /// The next eight bytes as a number, lowest first; what is missing is 0.
    mutating func number() -> Int64 {
        var number: UInt64 = 0
        for shift in stride(from: 0, to: 64, by: 8) { number |= UInt64(byte()) << UInt64(shift) }
        return Int64(bitPattern: number)
    }

    /// The bytes up to a mark, which is left out, or to the end.
    mutating func part(endingAt mark: UInt8) -> [UInt8] {
        let part = rest.prefix { $0 != mark }
        rest = rest[part.endIndex...].dropFirst()
        return Array(part)
    }

    /// The lines of what is left, at most so many.
    func lines(_ maximum: Int) -> [String] {
        var copy = self
        var lines: [String] = []
        while !copy.isAtEnd, lines.count < maximum {
            lines.append(String(decoding: copy.part(endingAt: 0x0A), as: UTF8.self))
        }
        return lines
    }
}
