// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// A header field's value with parameters, such as `form-data; name="file"` (RFC 9110 5.6.6, RFC 2183).
struct FormParameters {
    /// What comes before the parameters, in lower case.
    let value: String
    private let parameters: [(name: String, value: String)]

    /// The longest value.
    private static let maximumLength = 4096

    /// Reads a value; nil for what is malformed, or names a parameter twice.
    init?(_ text: String) {
        guard text.utf8.count <= Self.maximumLength else { return nil }
        var rest = Array(text.utf8)[...]
        let value = rest.prefix { $0 != UInt8(ascii: ";") }
        rest = rest[value.endIndex...]
        var parameters: [(name: String, value: String)] = []
        while rest.popFirst() != nil {
            rest = rest.drop { $0 == 0x20 || $0 == 0x09 }
            // A semicolon at the end is harmless, and some write it.
            if rest.isEmpty { break }
            let name = rest.prefix(while: Self.isTokenByte)
            rest = rest[name.endIndex...]
            guard !name.isEmpty, rest.popFirst() == UInt8(ascii: "="),
                let content = rest.first == UInt8(ascii: "\"") ? Self.quoted(&rest) : Self.token(&rest)
            else { return nil }
            rest = rest.drop { $0 == 0x20 || $0 == 0x09 }
            guard rest.isEmpty || rest.first == UInt8(ascii: ";") else { return nil }
            let key = String(decoding: name, as: UTF8.self).lowercased()
            guard !parameters.contains(where: { ByteKey.areEqual($0.name, key) }),
                let content = String(validating: content, as: UTF8.self)
            else { return nil }
            parameters.append((key, content))
        }
        self.value = Self.trimmed(String(decoding: value, as: UTF8.self)).lowercased()
        self.parameters = parameters
    }

    /// A parameter; its name in lower case.
    subscript(name: String) -> String? { parameters.first { ByteKey.areEqual($0.name, name) }?.value }

    private static func token(_ rest: inout ArraySlice<UInt8>) -> [UInt8]? {
        let token = rest.prefix(while: isTokenByte)
        rest = rest[token.endIndex...]
        return token.isEmpty ? nil : Array(token)
    }

    private static func quoted(_ rest: inout ArraySlice<UInt8>) -> [UInt8]? {
        rest = rest.dropFirst()
        var content: [UInt8] = []
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return content
            case UInt8(ascii: "\\"):
                guard let escaped = rest.popFirst() else { return nil }
                content.append(escaped)
            default: content.append(byte)
            }
        }
        return nil
    }

    /// Whether a byte may be in a token (RFC 9110 5.6.2).
    static func isTokenByte(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }

    static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: false
        }
    }

    /// Without spaces and tabs around it.
    static func trimmed(_ text: String) -> String {
        let isSpace = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
        let bytes = Array(text.utf8.drop(while: isSpace))
        let end = bytes.lastIndex { !isSpace($0) }.map { $0 + 1 } ?? 0
        return String(decoding: bytes[..<end], as: UTF8.self)
    }
}
