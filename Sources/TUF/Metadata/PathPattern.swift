// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// A pattern for target paths: `*` stands for any characters and `?` for one character, within one path
/// component.
///
/// Matching goes by bytes and is case-sensitive on every platform (GHSA-qp9x-wp8f-qgjj); no other character
/// is special, and neither wildcard matches `/` (specification 1.0.34, section 4.5).
public struct PathPattern: Hashable, Sendable {
    /// The pattern, as it was written.
    public let text: String

    /// Takes a pattern.
    public init(_ text: some StringProtocol) { self.text = String(text) }

    /// Whether the pattern covers a path.
    public func matches(_ path: TargetPath) -> Bool {
        let slash = UInt8(ascii: "/")
        let patterns = Array(text.utf8).split(separator: slash, omittingEmptySubsequences: false)
        let names = Array(path.text.utf8).split(separator: slash, omittingEmptySubsequences: false)
        return patterns.count == names.count && zip(patterns, names).allSatisfy(Self.component)
    }

    /// Matches without recursion: on a mismatch, only the last `*` seen takes one byte more.
    private static func component(_ pattern: ArraySlice<UInt8>, matches name: ArraySlice<UInt8>) -> Bool {
        var p = pattern.startIndex
        var n = name.startIndex
        var retry: (pattern: Int, name: Int)?
        while n < name.endIndex {
            if p < pattern.endIndex, pattern[p] == UInt8(ascii: "*") {
                p += 1
                retry = (p, n)
            } else if p < pattern.endIndex, pattern[p] == UInt8(ascii: "?") {
                p += 1
                n = endOfCharacter(in: name, from: n)
            } else if p < pattern.endIndex, pattern[p] == name[n] {
                p += 1
                n += 1
            } else if let last = retry {
                p = last.pattern
                n = last.name + 1
                retry = (p, n)
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == UInt8(ascii: "*") }
    }

    /// Skips one UTF-8 sequence, so that `?` stands for one character and not for half of one.
    private static func endOfCharacter(in name: ArraySlice<UInt8>, from start: Int) -> Int {
        var end = start + 1
        while end < name.endIndex, name[end] & 0xC0 == 0x80 { end += 1 }
        return end
    }

    /// Equal exactly if the bytes are.
    public static func == (a: PathPattern, b: PathPattern) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }
    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) { for byte in text.utf8 { hasher.combine(byte) } }
}
