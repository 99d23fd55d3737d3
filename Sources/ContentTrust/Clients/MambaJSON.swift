// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// JSON as mamba writes it before it verifies a signature (nlohmann's `dump(2)`, and `dump()` for its version 1).
///
/// Like ``PythonJSON``, but nothing outside of ASCII is escaped, and numbers that no 64 bits hold are doubles.
enum MambaJSON {
    static func encode(_ value: JSONValue, indented: Bool = true) -> [UInt8] {
        var out: [UInt8] = []
        write(value, indented ? 0 : nil, to: &out)
        return out
    }

    private static func write(_ value: JSONValue, _ level: Int?, to out: inout [UInt8]) {
        switch value {
        case .null: out += "null".utf8
        case .bool(let flag): out += (flag ? "true" : "false").utf8
        case .number(let number): out += text(of: number).utf8
        case .string(let text): write(text, to: &out)
        case .array(let elements):
            write("[", elements, "]", level, to: &out) { write($0, level.map { $0 + 1 }, to: &$1) }
        case .object(let object):
            let members = object.members.sorted { ByteKey($0.key) < ByteKey($1.key) }
            write("{", members, "}", level, to: &out) { member, out in
                write(member.key, to: &out)
                out += (level == nil ? ":" : ": ").utf8
                write(member.value, level.map { $0 + 1 }, to: &out)
            }
        }
    }

    private static func write<Item>(
        _ open: String,
        _ items: [Item],
        _ close: String,
        _ level: Int?,
        to out: inout [UInt8],
        each: (Item, inout [UInt8]) -> Void
    ) {
        out += open.utf8
        for (at, item) in items.enumerated() {
            if at > 0 { out.append(UInt8(ascii: ",")) }
            newLine(level.map { $0 + 1 }, &out)
            each(item, &out)
        }
        if !items.isEmpty { newLine(level, &out) }
        out += close.utf8
    }

    private static func newLine(_ level: Int?, _ out: inout [UInt8]) {
        guard let level else { return }
        out.append(0x0A)
        out += repeatElement(0x20, count: level * 2)
    }

    private static func write(_ text: String, to out: inout [UInt8]) {
        out.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case 0x22, 0x5C: out += [UInt8(ascii: "\\"), byte]
            case 0x08: out += "\\b".utf8
            case 0x09: out += "\\t".utf8
            case 0x0A: out += "\\n".utf8
            case 0x0C: out += "\\f".utf8
            case 0x0D: out += "\\r".utf8
            case 0..<0x20:
                out += "\\u00".utf8
                out += Hex.encode([byte]).utf8
            default: out.append(byte)
            }
        }
        out.append(UInt8(ascii: "\""))
    }

    private static func text(of number: JSONNumber) -> String {
        let token = number.token
        if let integer = UInt64(token) { return String(integer) }
        if let integer = Int64(token) { return String(integer) }
        guard let value = number.double, value.isFinite else { return "null" }
        // As Python writes it, except that sixteen digits before the point are too many here.
        let text = PythonNumber.repr(value)
        let sign = text.prefix { $0 == "-" }
        let digits = text.dropFirst(sign.count)
        guard
            digits.utf8.firstIndex(of: UInt8(ascii: "."))
                == digits.utf8.index(digits.startIndex, offsetBy: 16, limitedBy: digits.endIndex),
            !digits.utf8.contains(UInt8(ascii: "e"))
        else { return text }
        var kept = digits.filter { $0 != "." }
        while kept.utf8.count > 1, kept.utf8.last == UInt8(ascii: "0") { kept.removeLast() }
        let fraction = kept.dropFirst()
        return sign + kept.prefix(1) + (fraction.isEmpty ? "" : "." + fraction) + "e+15"
    }
}
