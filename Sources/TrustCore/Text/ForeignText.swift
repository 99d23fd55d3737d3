// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// Text that a stranger chose and people look at: on a terminal, or on a page.
///
/// It says nothing about markup: whoever writes HTML escapes it there.
public enum ForeignText {
    /// How long a text may be if nothing else is said, in bytes.
    public static let maximumLength = 1_000

    /// Text that people compare by eye, such as the name of a repository, with every character spelt out that is no plain
    /// ASCII, as in `\u{430}`: none of them can look like another letter.
    public static func shown(_ text: String) -> String {
        var shown = ""
        for scalar in text.unicodeScalars {
            guard shown.utf8.count < maximumLength else { return shown + "…" }
            if (0x20..<0x7F).contains(scalar.value) {
                shown.unicodeScalars.append(scalar)
            } else {
                shown += spelt(scalar)
            }
        }
        return shown
    }

    /// Text that people read, in whatever language, such as a summary: in one line, cut, with what cannot be seen or would
    /// turn the order of letters round spelt out, and no more than a few marks over each other.
    ///
    /// Letters of other scripts stay as they are, and can look like others: it is not for names that somebody trusts.
    public static func readable(_ text: String, maximumLength: Int = maximumLength) -> String {
        var readable = "", marks = 0, isSpace = true
        for scalar in text.unicodeScalars {
            guard readable.utf8.count < maximumLength else { return readable + "…" }
            if scalar.properties.isWhitespace {
                if !isSpace { readable += " " }
                isSpace = true
                continue
            }
            marks = isMark(scalar) ? marks + 1 : 0
            // Which picture of a character is wanted (U+FE00 to U+FE0F) hides nothing, and is left out.
            guard marks <= maximumMarks, !(0xFE00...0xFE0F).contains(scalar.value) else { continue }
            isSpace = false
            if isHidden(scalar) {
                readable += spelt(scalar)
            } else {
                readable.unicodeScalars.append(scalar)
            }
        }
        if readable.utf8.last == 0x20 { readable.unicodeScalars.removeLast() }
        return readable
    }

    /// Whether a character is not to be seen, or changes how others are: control characters, marks that turn the direction of
    /// writing, joiners, invisible letters, tags, and what Unicode has for nobody.
    public static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .privateUse, .surrogate, .unassigned, .lineSeparator, .paragraphSeparator:
            true
        default:
            scalar.properties.isDefaultIgnorableCodePoint
        }
    }

    /// As in `\u{202E}`.
    public static func spelt(_ scalar: Unicode.Scalar) -> String {
        "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
    }

    /// The most marks over one letter; real languages have fewer.
    private static let maximumMarks = 4

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: true
        default: false
        }
    }
}
