// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import SigningKeys
internal import TrustCore

/// The header fields of a form's part, and what they say of it.
struct MultipartHead: Sendable {
    /// The form field that it is.
    let name: String
    /// The file name that it comes with.
    let fileName: String?
    private let fields: [(name: String, value: String)]

    /// Reads a part's head, without the empty line after it.
    ///
    /// - Throws: `upload.form`.
    init(_ bytes: [UInt8], maximumFields: Int) throws {
        var fields: [(name: String, value: String)] = []
        for line in try Self.lines(bytes) {
            guard fields.count < maximumFields else {
                throw MultipartReader.refusal(
                    "at most \(maximumFields) header fields in a part",
                    found: "more"
                )
            }
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
                line[..<colon].allSatisfy(FormParameters.isTokenByte),
                let value = String(validating: line[(colon + 1)...], as: UTF8.self)
            else { throw MultipartReader.refusal("header fields as `name: value` in a part") }
            let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
            guard !fields.contains(where: { ByteKey.areEqual($0.name, name) }) else {
                throw MultipartReader.refusal(
                    "each header field once",
                    found: "`\(Printable.text(name))` twice"
                )
            }
            fields.append((name, FormParameters.trimmed(value)))
        }
        self.fields = fields
        let disposition = fields.first { ByteKey.areEqual($0.name, "content-disposition") }
        guard let disposition, let parameters = FormParameters(disposition.value),
            ByteKey.areEqual(parameters.value, "form-data"), let name = parameters["name"]
        else { throw MultipartReader.refusal("`Content-Disposition: form-data` with a name in each part") }
        self.name = name
        fileName = parameters["filename"]
    }

    /// A header field; its name in lower case.
    subscript(field: String) -> String? { fields.first { ByteKey.areEqual($0.name, field) }?.value }

    /// Lines that end in CR LF and hold no other control characters.
    private static func lines(_ bytes: [UInt8]) throws -> [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let end = rest.firstIndex(of: 0x0D) ?? rest.endIndex
            guard rest[..<end].allSatisfy({ ($0 >= 0x20 && $0 != 0x7F) || $0 == 0x09 }) else {
                throw MultipartReader.refusal("header fields without control characters in a part")
            }
            lines.append(rest[..<end])
            guard end < rest.endIndex else { break }
            guard end + 1 < rest.endIndex, rest[end + 1] == 0x0A else {
                throw MultipartReader.refusal("lines that end in CR LF in a part's head")
            }
            rest = rest[(end + 2)...]
        }
        return lines
    }

    /// The boundary in a request's `Content-Type`.
    ///
    /// - Throws: `upload.form` if it is no form, or has no boundary of 1 to 70 bytes (RFC 2046 5.1.1).
    static func boundary(_ contentType: String?) throws -> [UInt8] {
        let marks = Array("'()+_,-./:=? ".utf8)
        guard let parameters = contentType.flatMap({ FormParameters($0) }),
            ByteKey.areEqual(parameters.value, "multipart/form-data"),
            let boundary = parameters["boundary"].map({ Array($0.utf8) }),
            (1...70).contains(boundary.count), boundary.last != 0x20,
            boundary.allSatisfy({ FormParameters.isAlphanumeric($0) || marks.contains($0) })
        else {
            throw MultipartReader.refusal("`Content-Type: multipart/form-data` with a boundary")
        }
        return boundary
    }
}
