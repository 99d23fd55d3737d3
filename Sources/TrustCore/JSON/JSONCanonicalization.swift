// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// The JSON Canonicalization Scheme (RFC 8785), as Rekor signs and stores entries. It is not TUF's form:
/// ``CanonicalJSON``.
///
/// Numbers are covered as far as they are integers between -(2^53 - 1) and 2^53 - 1, written as such.
/// Fractions and exponents are refused: their canonical form needs the shortest digits of a double, and
/// nothing that is signed here has any.
public enum JSONCanonicalization {
    private static let largest: Int64 = 1 << 53 - 1

    /// Encodes a value.
    ///
    /// - Throws: a ``Refusal`` with `json.number` for a number that is not covered.
    public static func encode(_ value: JSONValue, of subject: String = "canonical JSON") throws -> [UInt8] {
        var out: [UInt8] = []
        try write(value, to: &out, subject)
        return out
    }
}

extension JSONCanonicalization: CanonicalForm {
    /// RFC 8785, 3.2.3: by UTF-16 code units, which is not the order of code points.
    static func precedes(_ a: String, _ b: String) -> Bool { a.utf16.lexicographicallyPrecedes(b.utf16) }

    static func integer(_ number: JSONNumber, _ subject: String) throws -> Int64 {
        guard let integer = number.integer, (-largest...largest).contains(integer) else {
            throw Refusal(
                CoreCode.jsonNumber,
                subject,
                expected: "an integer of at most 53 bits",
                found: number.token
            )
        }
        return integer
    }

    /// RFC 8785, 3.2.2.2: the short escapes where there are any, others in lower-case digits.
    static func write(_ text: String, to out: inout [UInt8]) {
        var text = text
        text.withUTF8 { bytes in
            out.append(UInt8(ascii: "\""))
            if bytes.contains(where: isEscaped) {
                for byte in bytes { write(byte, to: &out) }
            } else {
                // Nearly all text, and base64 of thousands of bytes among it.
                out.append(contentsOf: bytes)
            }
            out.append(UInt8(ascii: "\""))
        }
    }

    private static func isEscaped(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private static func write(_ byte: UInt8, to out: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): out += [UInt8(ascii: "\\"), byte]
        case 0x08: out += "\\b".utf8
        case 0x09: out += "\\t".utf8
        case 0x0A: out += "\\n".utf8
        case 0x0C: out += "\\f".utf8
        case 0x0D: out += "\\r".utf8
        case 0..<0x20: out += "\\u00".utf8 + Array(Hex.encode([byte]).utf8)
        default: out.append(byte)
        }
    }
}
