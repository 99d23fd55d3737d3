// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// A program of a noarch Python package: a name in `bin/` and the function it calls.
///
/// All three parts go into a path or into Python source, so each is held to the characters it needs.
public struct EntryPoint: Hashable, Sendable {
    /// The program's name.
    public let name: String
    /// The module to import, with dots.
    public let module: String
    /// The function in the module, with dots where it is a member of something.
    public let function: String

    /// Reads `name = module:function`.
    ///
    /// - Throws: `package.entry-point` where a part is missing or holds what it must not (CVE-2026-47425).
    public static func parse(_ text: String) throws -> EntryPoint {
        let halves = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(trimmed)
        guard halves.count == 2 else { throw refusal(text) }
        let target = halves[1].split(separator: ":", omittingEmptySubsequences: false).map(trimmed)
        guard target.count == 2, isName(halves[0]), isDottedName(target[0]), isDottedName(target[1]) else {
            throw refusal(text)
        }
        return EntryPoint(name: String(halves[0]), module: String(target[0]), function: String(target[1]))
    }

    private static func refusal(_ text: String) -> Refusal {
        Refusal(PackageCode.entryPoint, "entry point", expected: "`name = module:function`", found: text)
    }

    private static func trimmed(_ text: Substring) -> Substring {
        let isSpace = { (character: Character) in character == " " || character == "\t" }
        let start = text.drop(while: isSpace)
        return start[..<(start.lastIndex { !isSpace($0) }.map(start.index(after:)) ?? start.startIndex)]
    }

    /// One component of a path, of letters, digits, `.`, `_`, `-` and `+`; neither hidden nor an option.
    private static func isName(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 128, first != UInt8(ascii: "."),
            first != UInt8(ascii: "-")
        else { return false }
        return text.utf8.allSatisfy { isWord($0) || ".-+".utf8.contains($0) }
    }

    private static func isDottedName(_ text: Substring) -> Bool {
        guard text.utf8.count <= 512 else { return false }
        return text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
            guard let first = part.utf8.first, !(0x30...0x39).contains(first) else { return false }
            return part.utf8.allSatisfy(isWord)
        }
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"): true
        default: false
        }
    }
}
