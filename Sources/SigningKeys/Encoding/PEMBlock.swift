// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// One PEM block, read strictly (RFC 7468, the strict grammar, with white space around it and lines of any
/// length).
package struct PEMBlock {
    /// The longest text: an RSA private key of 8192 bits is under 7000 bytes.
    package static let maximumLength = 16 << 10
    private static let begin = Array("-----BEGIN ".utf8)
    private static let end = Array("-----END ".utf8)
    private static let dashes = Array("-----".utf8)

    package let label: String
    package var bytes: [UInt8]

    /// Whether a text is meant as PEM rather than as hexadecimal digits or JSON.
    static func isIntended(_ text: [UInt8]) -> Bool { text.first { !isSpace($0) } == UInt8(ascii: "-") }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }

    /// Reads a text that is exactly one block.
    ///
    /// Encrypted blocks of other programs are `key.foreign-encryption`; all else that is wrong is
    /// `key.malformed`.
    package static func read(_ text: [UInt8], _ subject: String) throws -> PEMBlock {
        guard text.count <= maximumLength else {
            throw Refusal(
                KeyCode.tooLarge,
                subject,
                expected: "at most \(maximumLength) bytes of PEM",
                found: "\(text.count)"
            )
        }
        let lines = Self.lines(text)
        guard lines.count >= 3, let first = lines.first, let last = lines.last,
            let label = label(first, after: begin), label == Self.label(last, after: end)
        else { throw malformed(subject, "one PEM block from `-----BEGIN` to `-----END`") }
        let body = lines.dropFirst().dropLast()
        guard label != "ENCRYPTED PRIVATE KEY", !body.contains(where: { $0.contains(UInt8(ascii: ":")) })
        else {
            throw Refusal(KeyCode.foreignEncryption, subject)
        }
        let encoded = body.reduce(into: [UInt8]()) { $0 += $1 }
        guard body.allSatisfy({ !$0.isEmpty }), let bytes = Base64.decode(encoded) else {
            throw malformed(subject, "strict base64 between the PEM lines")
        }
        return PEMBlock(label: label, bytes: bytes)
    }

    /// Writes a block with lines of 64 characters and a final newline.
    package static func write(label: String, _ bytes: [UInt8]) -> String {
        let text = Base64.encode(bytes)
        var lines = ["-----BEGIN \(label)-----"]
        for start in stride(from: 0, to: text.count, by: 64) {
            lines.append(String(decoding: text[start..<min(start + 64, text.count)], as: UTF8.self))
        }
        lines.append("-----END \(label)-----")
        return lines.joined(separator: "\n") + "\n"
    }

    /// The lines, without the white space around the block and without carriage returns at their ends.
    private static func lines(_ text: [UInt8]) -> [ArraySlice<UInt8>] {
        var text = text.drop(while: isSpace)
        while let last = text.last, isSpace(last) { text.removeLast() }
        return text.split(separator: 0x0A, omittingEmptySubsequences: false)
            .map { $0.last == 0x0D ? $0.dropLast() : $0 }
    }

    private static func label(_ line: ArraySlice<UInt8>, after start: [UInt8]) -> String? {
        guard line.starts(with: start) else { return nil }
        let rest = line.dropFirst(start.count)
        guard rest.count > dashes.count, rest.count <= 64, rest.suffix(dashes.count).elementsEqual(dashes)
        else {
            return nil
        }
        let label = rest.dropLast(dashes.count)
        guard label.allSatisfy({ $0 == 0x20 || (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) })
        else {
            return nil
        }
        return String(decoding: label, as: UTF8.self)
    }

    private static func malformed(_ subject: String, _ expected: String) -> Refusal {
        Refusal(KeyCode.malformed, subject, expected: expected)
    }
}
