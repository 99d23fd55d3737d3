// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// A line for a terminal, in which only the program's own words can move the cursor, change colours or end
/// the line.
///
/// Names of packages and files, and what servers say, come from strangers. Whatever is interpolated here is
/// made
/// visible instead of obeyed; only a ``Styled`` value brings its own style along.
struct TerminalText: ExpressibleByStringInterpolation {
    /// The text as it is written.
    let text: String

    init(stringLiteral value: String) { text = value }
    init(stringInterpolation: Interpolation) { text = stringInterpolation.text }

    /// Gathers the pieces of a line.
    struct Interpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity) }

        mutating func appendLiteral(_ literal: String) { text += literal }
        mutating func appendInterpolation(_ styled: Styled) { text += styled.text }
        mutating func appendInterpolation(_ value: some Any) { text += Visible.text("\(value)") }
    }
}

/// A piece of text between two codes that change its look; the text itself is visible through and through.
struct Styled {
    let text: String

    init(_ text: String, code: String?) {
        let visible = Visible.text(text)
        self.text = code.map { "\u{1B}[\($0)m\(visible)\u{1B}[0m" } ?? visible
    }
}

/// Makes characters visible that a terminal would obey.
enum Visible {
    /// The text with every control character, line end, and invisible or direction-changing character spelt
    /// out,
    /// as in `\u{1B}`.
    static func text(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isUnseen) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            if isUnseen(scalar) {
                result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// The same for text of several lines that the program itself put together.
    static func lines(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { Self.text(String($0)) }
            .joined(separator: "\n")
    }

    /// JSON text in which these characters are escaped too; inside strings, the only place they can be, it
    /// means the same.
    static func json(_ bytes: [UInt8]) -> String {
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.unicodeScalars.contains(where: { isUnseen($0) && $0 != "\n" }) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            if isUnseen(scalar), scalar != "\n" {
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16)
                    result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func isUnseen(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return scalar.value < 0x20 || scalar.value == 0x7F }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: return true
        default: return false
        }
    }
}
