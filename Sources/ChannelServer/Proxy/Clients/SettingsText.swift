// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import TrustCore

/// A settings file as lines, each with the line end that it has, so that what is not changed stays byte for byte.
struct SettingsText: Equatable {
    /// A line without its end, and its end.
    struct Line: Equatable {
        var text: String
        var end: String
    }

    /// The longest settings file.
    static let maximumLength = 1 << 20

    /// Whether it begins with U+FEFF.
    let hasByteOrderMark: Bool
    /// The lines; only the last one may have no end.
    var lines: [Line]

    /// An empty file.
    init() {
        hasByteOrderMark = false
        lines = []
    }

    /// Divides a file (`client.settings-syntax` for what is no UTF-8, or has a carriage return within a line).
    init(_ bytes: [UInt8], _ path: String) throws {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        hasByteOrderMark = bytes.starts(with: mark)
        lines = []
        for part in bytes.dropFirst(hasByteOrderMark ? 3 : 0).split(keepingEnds: UInt8(ascii: "\n")) {
            let end = part.suffix(2) == [0x0D, 0x0A] ? "\r\n" : part.last == 0x0A ? "\n" : ""
            let content = part.dropLast(end.utf8.count)
            guard let text = String(validating: content, as: UTF8.self), !content.contains(0x0D) else {
                throw Refusal(
                    ClientSettingsCode.settingsSyntax,
                    path,
                    expected: "text in UTF-8, with LF or CRLF at the ends of lines"
                )
            }
            lines.append(Line(text: text, end: end))
        }
    }

    /// The file's bytes.
    var bytes: [UInt8] { (hasByteOrderMark ? [0xEF, 0xBB, 0xBF] : []) + Array(content.utf8) }

    /// The text without the byte order mark, for parsers.
    var content: String { lines.map { $0.text + $0.end }.joined() }

    /// The end that new lines get: that of the first line.
    var lineEnd: String { lines.first { !$0.end.isEmpty }?.end ?? "\n" }
}

extension ArraySlice<UInt8> {
    /// The parts up to and with each separator; the last one may be without.
    fileprivate func split(keepingEnds separator: UInt8) -> [ArraySlice<UInt8>] {
        var parts: [ArraySlice<UInt8>] = []
        var rest = self
        while let index = rest.firstIndex(of: separator) {
            parts.append(rest[...index])
            rest = rest[(index + 1)...]
        }
        return rest.isEmpty ? parts : parts + [rest]
    }
}
