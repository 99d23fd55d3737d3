// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// OLPC canonical JSON: the bytes that TUF implementations sign.
///
/// Keys in code point order, no white space, integers only, strings with nothing escaped but `"` and `\`.
/// (TUF specification 1.0.34, section 4.1.3; http://wiki.laptop.org/go/Canonical_JSON.)
public enum CanonicalJSON {
    /// Encodes a value.
    ///
    /// - Throws: a ``Refusal`` with `json.number` for a number that is not a 64-bit integer: the form has no
    /// other.
    public static func encode(_ value: JSONValue, of subject: String = "canonical JSON") throws -> [UInt8] {
        var out: [UInt8] = []
        try write(value, to: &out, subject)
        return out
    }

    /// Encodes an object that has one member besides those in it, whose canonical form somebody else writes.
    ///
    /// - Parameters:
    ///   - object: The other members.
    ///   - key: The key of the member that is spliced in; the object must not have it.
    ///   - subject: What is encoded, for messages.
    ///   - capacity: About how long that form is.
    ///   - member: Appends the canonical form of the member's value.
    /// - Throws: a ``Refusal`` with `json.number`.
    package static func encode(
        _ object: JSONObject,
        splicing key: String,
        of subject: String,
        capacity: Int = 0,
        _ member: (inout [UInt8]) throws -> Void
    ) throws -> [UInt8] {
        var out: [UInt8] = []
        // A form of megabytes is not copied again and again while it grows.
        out.reserveCapacity(capacity + 4096)
        let keys = (object.keys + [key]).sorted(by: precedes)
        for (at, next) in keys.enumerated() {
            out.append(UInt8(ascii: at > 0 ? "," : "{"))
            write(next, to: &out)
            out.append(UInt8(ascii: ":"))
            if ByteKey.areEqual(next, key) {
                try member(&out)
            } else {
                try write(object[next] ?? .null, to: &out, subject)
            }
        }
        out.append(UInt8(ascii: "}"))
        return out
    }
}

extension CanonicalJSON: CanonicalForm {
    static func precedes(_ a: String, _ b: String) -> Bool { ByteKey(a) < ByteKey(b) }

    static func integer(_ number: JSONNumber, _ subject: String) throws -> Int64 {
        guard let integer = number.integer else {
            throw Refusal(CoreCode.jsonNumber, subject, expected: "a 64-bit integer", found: number.token)
        }
        return integer
    }

    static func write(_ text: String, to out: inout [UInt8]) {
        out.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { out.append(UInt8(ascii: "\\")) }
            out.append(byte)
        }
        out.append(UInt8(ascii: "\""))
    }
}
