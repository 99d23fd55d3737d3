// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import TrustCore

/// Which statements a TOML file has, and in which lines: as much as is needed to replace whole tables. Values are looked at
/// for their ends and for text in them; that they are valid is not checked, nor that keys are there once.
struct TOMLOutline {
    /// A header of a table, or a key with its value.
    struct Statement: Equatable {
        /// The header's or the key's parts.
        let path: [String]
        /// Whether it is a header.
        let isHeader: Bool
        /// Whether the header has two brackets.
        let isArrayHeader: Bool
        /// The lines it takes.
        let lines: ClosedRange<Int>
        /// The texts in the value, from left to right.
        let texts: [String]
    }

    /// All of them, in order.
    let statements: [Statement]

    /// Reads a file (`client.settings-syntax`).
    init(_ text: SettingsText, _ path: String) throws {
        var reader = TOMLReader(text, path)
        var statements: [Statement] = []
        while let statement = try reader.next() { statements.append(statement) }
        self.statements = statements
    }
}

/// Reads statement by statement.
private struct TOMLReader {
    private let path: String
    private let bytes: [UInt8]
    private var index = 0
    private var line = 0

    init(_ text: SettingsText, _ path: String) {
        self.path = path
        bytes = Array(text.content.utf8)
    }

    private var current: UInt8? { index < bytes.count ? bytes[index] : nil }

    mutating func next() throws -> TOMLOutline.Statement? {
        while let byte = current {
            if SettingsByte.isSpace(byte) {
                step()
            } else if byte == UInt8(ascii: "#") {
                skipLine()
            } else {
                return try byte == UInt8(ascii: "[") ? header() : pair()
            }
        }
        return nil
    }

    private mutating func header() throws -> TOMLOutline.Statement {
        let start = line
        step()
        let isArray = current == UInt8(ascii: "[")
        if isArray { step() }
        let path = try keyPath()
        for _ in 0..<(isArray ? 2 : 1) { try demand(UInt8(ascii: "]")) }
        let end = line
        try endLine()
        return TOMLOutline.Statement(
            path: path,
            isHeader: true,
            isArrayHeader: isArray,
            lines: start...end,
            texts: []
        )
    }

    private mutating func pair() throws -> TOMLOutline.Statement {
        let start = line
        let path = try keyPath()
        try demand(UInt8(ascii: "="))
        var texts: [String] = []
        var depth = 0
        var isEmpty = true
        while let byte = current, depth > 0 || byte != 0x0A {
            switch byte {
            case UInt8(ascii: "#"):
                // The line's end is left for the loop, which it ends outside of brackets.
                while let byte = current, byte != 0x0A { step(byte) }
                continue
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                texts.append(try text())
                isEmpty = false
                continue
            case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
            default: break
            }
            guard (0...32).contains(depth) else { throw fault("values nested in pairs of brackets") }
            if !SettingsByte.isSpace(byte) { isEmpty = false }
            step()
        }
        guard depth == 0, !isEmpty else { throw fault("a value after `=`") }
        return TOMLOutline.Statement(
            path: path,
            isHeader: false,
            isArrayHeader: false,
            lines: start...line,
            texts: texts
        )
    }

    private mutating func keyPath() throws -> [String] {
        var parts: [String] = []
        while true {
            skipBlanks()
            if current == UInt8(ascii: "\"") || current == UInt8(ascii: "'") {
                let isBasic = current == UInt8(ascii: "\"")
                let part = try text()
                // What is spelled with escapes could be a name that is looked for.
                guard !isBasic || !part.utf8.contains(UInt8(ascii: "\\")) else {
                    throw fault("a key without escapes")
                }
                parts.append(part)
            } else {
                let start = index
                while let byte = current, SettingsByte.isBare(byte) { step() }
                guard index > start else { throw fault("a key") }
                parts.append(String(decoding: bytes[start..<index], as: UTF8.self))
            }
            skipBlanks()
            guard current == UInt8(ascii: ".") else { return parts }
            step()
        }
    }

    /// Text in quotes of any of the four sorts; escapes stay as they are written.
    private mutating func text() throws -> String {
        let quote = bytes[index]
        let isLong = bytes[index...].starts(with: [quote, quote, quote])
        let mark = Array(repeating: quote, count: isLong ? 3 : 1)
        for _ in mark { step() }
        let start = index
        while let byte = current {
            if bytes[index...].starts(with: mark) {
                let content = String(decoding: bytes[start..<index], as: UTF8.self)
                for _ in mark { step() }
                // A long text may end in one or two quotes of its own.
                while isLong, current == quote { step() }
                return content
            }
            guard isLong || byte != 0x0A else { break }
            step()
            if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\""), current != nil { step() }
        }
        throw fault("text that ends in the quote it began with")
    }

    // MARK: Steps

    private mutating func step() { step(bytes[index]) }

    private mutating func step(_ byte: UInt8) {
        if byte == 0x0A { line += 1 }
        index += 1
    }

    private mutating func skipBlanks() {
        while current == 0x20 || current == 0x09 { step() }
    }

    private mutating func skipLine() {
        while let byte = current, byte != 0x0A { step(byte) }
    }

    private mutating func demand(_ byte: UInt8) throws {
        skipBlanks()
        guard current == byte else { throw fault("`\(Character(Unicode.Scalar(byte)))`") }
        step()
    }

    private mutating func endLine() throws {
        skipBlanks()
        if current == UInt8(ascii: "#") { skipLine() }
        if current == 0x0D { step() }
        guard current == nil || current == 0x0A else { throw fault("the end of the line") }
    }

    private func fault(_ expected: String) -> Refusal {
        Refusal(ClientSettingsCode.settingsSyntax, "\(path):\(line + 1)", expected: expected)
    }
}
