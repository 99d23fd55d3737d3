// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// A signature under a note, as it stands there; nothing says that it is valid.
public struct NoteSignature: Hashable, Sendable {
    /// The longest name, and the longest signature, in bytes.
    public static let maximumLength = 4096

    /// The name of the key, as the signer writes it; compare as bytes.
    public let name: String
    /// Which key of that name it is.
    public let keyID: NoteKeyID
    /// The signature, in the form of the key's type.
    public let bytes: [UInt8]

    /// Takes a signature.
    ///
    /// - Throws: a ``Refusal`` with `note.signature-line` for a name that is empty or has white space,
    ///   control characters or a plus sign, or if there are no bytes.
    public init(name: String, keyID: NoteKeyID, bytes: [UInt8]) throws {
        guard Self.isName(name) else { throw Self.malformed("a name without white space or a plus sign") }
        guard !bytes.isEmpty, bytes.count <= Self.maximumLength else { throw Self.malformed("a signature") }
        self.name = name
        self.keyID = keyID
        self.bytes = bytes
    }

    /// Reads a line without its newline: `— name base64`.
    init(line: ArraySlice<UInt8>) throws {
        guard line.starts(with: Self.mark) else { throw Self.malformed("a line that begins with `— `") }
        let parts = line.dropFirst(Self.mark.count).split(
            separator: 0x20,
            maxSplits: 1,
            omittingEmptySubsequences: false
        )
        guard parts.count == 2, let name = String(validating: parts[0], as: UTF8.self),
            parts[1].count <= 2 * Self.maximumLength, let bytes = Base64.decode(parts[1]),
            let keyID = NoteKeyID(prefixOf: bytes)
        else { throw Self.malformed("a name, and a key id with a signature in base64") }
        try self.init(name: name, keyID: keyID, bytes: Array(bytes.dropFirst(4)))
    }

    /// The line, with its newline.
    var line: [UInt8] { Self.mark + name.utf8 + [0x20] + Base64.encode(keyID.bytes + bytes) + [0x0A] }

    /// An em dash and a space.
    private static let mark: [UInt8] = [0xE2, 0x80, 0x94, 0x20]

    private static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= maximumLength
            && !name.unicodeScalars.contains { $0.properties.isWhitespace || $0.value < 0x20 || $0 == "+" }
    }

    private static func malformed(_ expected: String) -> Refusal {
        Refusal(NoteCode.signatureLine, SignedNote.subject, expected: expected)
    }
}
