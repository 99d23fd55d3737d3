// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// Ordinary JSON text: what we write for others to read.
public enum JSONWriter {
    /// How the text is laid out.
    public enum Style: Sendable {
        /// No white space.
        case compact
        /// Two spaces a level, as conda writes its files.
        case indented
    }

    /// Encodes a value, with members in the order they are in the object.
    public static func encode(_ value: JSONValue, _ style: Style = .compact) -> [UInt8] {
        var out: [UInt8] = []
        write(value, style, level: 0, to: &out)
        return out
    }

    private static func write(_ value: JSONValue, _ style: Style, level: Int, to out: inout [UInt8]) {
        switch value {
        case .null: out += "null".utf8
        case .bool(let flag): out += (flag ? "true" : "false").utf8
        case .number(let number): out += number.token.utf8
        case .string(let text): writeString(text, to: &out)
        case .array(let elements):
            list(("[", "]"), elements, style, level, &out) { write($0, style, level: level + 1, to: &$1) }
        case .object(let object):
            list(("{", "}"), object.members, style, level, &out) { member, out in
                writeString(member.key, to: &out)
                out += (style == .compact ? ":" : ": ").utf8
                write(member.value, style, level: level + 1, to: &out)
            }
        }
    }

    private static func list<Item>(
        _ marks: (String, String),
        _ items: [Item],
        _ style: Style,
        _ level: Int,
        _ out: inout [UInt8],
        _ each: (Item, inout [UInt8]) -> Void
    ) {
        out += marks.0.utf8
        for (at, item) in items.enumerated() {
            if at > 0 { out.append(UInt8(ascii: ",")) }
            if style == .indented { newLine(level + 1, &out) }
            each(item, &out)
        }
        if style == .indented, !items.isEmpty { newLine(level, &out) }
        out += marks.1.utf8
    }

    private static func newLine(_ level: Int, _ out: inout [UInt8]) {
        out.append(0x0A)
        out += repeatElement(0x20, count: level * 2)
    }

    /// Appends a string with its quotes, escaping what JSON demands and nothing else.
    public static func writeString(_ text: String, to out: inout [UInt8]) {
        out.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): out += [UInt8(ascii: "\\"), byte]
            case 0x0A: out += "\\n".utf8
            case 0x0D: out += "\\r".utf8
            case 0x09: out += "\\t".utf8
            case 0..<0x20: out += "\\u00".utf8 + Array(Hex.encode([byte]).utf8)
            default: out.append(byte)
            }
        }
        out.append(UInt8(ascii: "\""))
    }
}
