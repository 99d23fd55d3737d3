// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// The bytes that conda content trust signs: what Python's `json.dumps(value, indent=2, sort_keys=True)` writes.
///
/// Keys in code point order, two spaces a level, everything outside of printable ASCII escaped. What Python and
/// other readers would take for two different values is refused, see ``PythonNumber``.
public enum PythonJSON {
    /// Encodes a value.
    ///
    /// - Throws: a `Refusal` with `content-trust.number` for a number that Python does not read as it is written.
    public static func encode(_ value: JSONValue, of subject: String) throws -> [UInt8] {
        var out: [UInt8] = []
        try write(value, level: 0, to: &out, subject)
        return out
    }

    private static func write(
        _ value: JSONValue,
        level: Int,
        to out: inout [UInt8],
        _ subject: String
    ) throws {
        switch value {
        case .null: out += "null".utf8
        case .bool(let flag): out += (flag ? "true" : "false").utf8
        case .number(let number): out += try PythonNumber.text(of: number.token, subject).utf8
        case .string(let text): write(text, to: &out)
        case .array(let elements):
            guard !elements.isEmpty else {
                out += "[]".utf8
                return
            }
            out.append(UInt8(ascii: "["))
            for (at, element) in elements.enumerated() {
                startItem(at, level, &out)
                try write(element, level: level + 1, to: &out, subject)
            }
            newLine(level, &out)
            out.append(UInt8(ascii: "]"))
        case .object(let object):
            guard object.count > 0 else {
                out += "{}".utf8
                return
            }
            out.append(UInt8(ascii: "{"))
            let members = object.members.sorted { ByteKey($0.key) < ByteKey($1.key) }
            for (at, member) in members.enumerated() {
                startItem(at, level, &out)
                write(member.key, to: &out)
                out += ": ".utf8
                try write(member.value, level: level + 1, to: &out, subject)
            }
            newLine(level, &out)
            out.append(UInt8(ascii: "}"))
        }
    }

    private static func startItem(_ at: Int, _ level: Int, _ out: inout [UInt8]) {
        if at > 0 { out.append(UInt8(ascii: ",")) }
        newLine(level + 1, &out)
    }

    private static func newLine(_ level: Int, _ out: inout [UInt8]) {
        out.append(0x0A)
        out += repeatElement(0x20, count: level * 2)
    }

    private static func write(_ text: String, to out: inout [UInt8]) {
        out.append(UInt8(ascii: "\""))
        for scalar in text.unicodeScalars { write(scalar, to: &out) }
        out.append(UInt8(ascii: "\""))
    }

    /// Python's `ensure_ascii`: lower-case hexadecimal digits, surrogate pairs beyond the basic plane.
    static func write(_ scalar: Unicode.Scalar, to out: inout [UInt8]) {
        switch scalar.value {
        case 0x22, 0x5C: out += [UInt8(ascii: "\\"), UInt8(truncatingIfNeeded: scalar.value)]
        case 0x20...0x7E: out.append(UInt8(truncatingIfNeeded: scalar.value))
        case 0x08: out += "\\b".utf8
        case 0x09: out += "\\t".utf8
        case 0x0A: out += "\\n".utf8
        case 0x0C: out += "\\f".utf8
        case 0x0D: out += "\\r".utf8
        default:
            for unit in UTF16.encode(scalar) ?? .init() {
                let bytes = [UInt8(truncatingIfNeeded: unit >> 8), UInt8(truncatingIfNeeded: unit)]
                out += "\\u".utf8
                out += Hex.encode(bytes).utf8
            }
        }
    }
}
