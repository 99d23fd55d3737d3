// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// RFC 3986 percent-encoding of one path segment.
public enum PercentEncoding {
    /// Leaves the unreserved characters `A-Z a-z 0-9 - . _ ~` and writes every other byte as `%XX`.
    ///
    /// This is what TUF implementations do to role names before they become file names and URLs, so that a
    /// role named `../x` stays inside its folder (CVE-2021-41131).
    public static func segment(_ text: some StringProtocol) -> String {
        let digits: [UInt8] = Array("0123456789ABCDEF".utf8)
        var out: [UInt8] = []
        for byte in text.utf8 {
            if isUnreserved(byte) {
                out.append(byte)
            } else {
                out += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// Encodes each segment of a relative path, and keeps the slashes.
    public static func path(_ text: some StringProtocol) -> String {
        text.utf8.split(separator: 0x2F, omittingEmptySubsequences: false)
            .map { segment(String(decoding: Array($0), as: UTF8.self)) }
            .joined(separator: "/")
    }

    /// Undoes the encoding; nil for a broken escape or bytes that are not UTF-8.
    public static func decode(_ text: some StringProtocol) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == 0x25 else {
                bytes.append(byte)
                continue
            }
            guard let value = Hex.decode(Array(rest.prefix(2))), value.count == 1 else { return nil }
            bytes.append(value[0])
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// Whether a byte is left as it is.
    package static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: true
        default: false
        }
    }
}
