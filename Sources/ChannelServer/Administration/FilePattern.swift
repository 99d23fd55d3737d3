// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import SigningKeys
internal import TrustCore

/// Some of a channel's files, as people name them: `linux-64/foo-1.0-0.conda`, `noarch/foo-1.*`, `*/foo-?.0-*`.
///
/// `*` stands for any number of bytes, `?` for one; neither for the `/` between subdir and file.
struct FilePattern: Sendable {
    /// The longest pattern, in bytes. No file of a channel has a longer path.
    static let maximumLength = 512
    private static let star = UInt8(ascii: "*"), mark = UInt8(ascii: "?")

    let text: String
    private let subdir: [UInt8]
    private let file: [UInt8]

    /// Reads a pattern.
    ///
    /// - Throws: `server.request-malformed`.
    init(_ text: String) throws {
        let parts = Array(text.utf8).split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard text.utf8.count <= Self.maximumLength, parts.count == 2, parts.allSatisfy({ !$0.isEmpty })
        else {
            throw Refusal(
                ServerCode.requestMalformed,
                "the pattern",
                expected: "`SUBDIR/FILE` of at most \(Self.maximumLength) bytes, perhaps with `*` and `?`",
                found: Printable.text(text)
            )
        }
        self.text = text
        subdir = Array(parts[0])
        file = Array(parts[1])
    }

    /// Whether a file is meant.
    func matches(_ subdir: Subdir, _ fileName: ArchiveFileName) -> Bool {
        Self.fits(Array(subdir.text.utf8), self.subdir) && Self.fits(Array(fileName.text.utf8), file)
    }

    /// Whether a file of a package may be meant: file names begin with the name of their package.
    func mayMatch(_ package: PackageName) -> Bool {
        let beginning = file.prefix { $0 != Self.star && $0 != Self.mark }.map(Self.lowercased)
        let name = package.normalized.utf8.map(Self.lowercased)
        return zip(beginning, name).allSatisfy { $0 == $1 }
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
    }

    /// Whether a text fits a pattern. After a mismatch only the last `*` is tried again, which is enough: the time is
    /// bounded by the product of the lengths.
    static func fits(_ text: [UInt8], _ pattern: [UInt8]) -> Bool {
        var position = 0, index = 0
        var retry: (position: Int, index: Int)?
        while position < text.count {
            if index < pattern.count, pattern[index] == star {
                retry = (position, index + 1)
                index += 1
            } else if index < pattern.count, pattern[index] == mark || pattern[index] == text[position] {
                position += 1
                index += 1
            } else if let last = retry {
                retry = (last.position + 1, last.index)
                (position, index) = (last.position + 1, last.index)
            } else {
                return false
            }
        }
        return pattern[index...].allSatisfy { $0 == star }
    }
}
