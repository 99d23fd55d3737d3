// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// A text with signatures under it, as transparency logs and their witnesses make them (C2SP signed-note).
///
/// It is well-formed; that any of its signatures is valid is known only after ``verify(by:)``.
public struct SignedNote: Hashable, Sendable {
    /// The longest note, in bytes.
    public static let maximumLength = 64 << 10
    /// The most signatures under one.
    public static let maximumSignatures = 100

    static let subject = "signed note"

    /// What is signed: whole lines, the last newline included.
    public let text: String
    /// The signatures, in the order they stand in. At least one in a note that was read.
    public private(set) var signatures: [NoteSignature]

    /// Begins a note that nobody has signed yet.
    ///
    /// - Throws: a ``Refusal`` with `note.too-large`, `note.encoding`, or `note.form` if the text is empty or
    ///   does not end with a newline.
    public init(text: String) throws {
        try Self.check(Array(text.utf8))
        guard text.utf8.last == 0x0A else { throw Self.malformed("a text that ends with a newline") }
        self.text = text
        signatures = []
    }

    /// Reads a note.
    ///
    /// - Throws: a ``Refusal`` with `note.too-large`, `note.encoding`, `note.form`, `note.unsigned` or
    ///   `note.signature-line`.
    public init(parsing bytes: [UInt8]) throws {
        try Self.check(bytes)
        guard bytes.last == 0x0A else { throw Self.malformed("a newline at the end") }
        // The last blank line: the text may have others.
        guard
            let blank = bytes.indices.dropFirst().last(where: { bytes[$0] == 0x0A && bytes[$0 - 1] == 0x0A })
        else { throw Self.malformed("a blank line between text and signatures") }
        guard blank > 1 else { throw Self.malformed("a text") }
        let lines = bytes[(blank + 1)...].dropLast().split(separator: 0x0A, omittingEmptySubsequences: false)
        guard blank + 1 < bytes.count, !lines.isEmpty else { throw Refusal(NoteCode.unsigned, Self.subject) }
        guard lines.count <= Self.maximumSignatures else {
            throw Refusal(
                NoteCode.tooLarge,
                Self.subject,
                expected: "at most \(Self.maximumSignatures) signatures",
                found: "\(lines.count)"
            )
        }
        text = String(decoding: bytes[..<blank], as: UTF8.self)
        signatures = try lines.map { try NoteSignature(line: $0) }
    }

    /// Puts a signature under it.
    public mutating func add(_ signature: NoteSignature) { signatures.append(signature) }

    /// The note as bytes.
    public func encoded() -> [UInt8] { Array(text.utf8) + [0x0A] + signatures.flatMap(\.line) }

    /// The signatures by one key, all of which are valid.
    ///
    /// Signatures by others are not looked at. Of several by the key each must be valid: one that is not is
    /// no accident.
    ///
    /// - Throws: a ``Refusal`` with `note.signer-name` or `note.signer-key` if there is none, or
    ///   `note.signature`.
    @discardableResult
    public func verify(by verifier: NoteVerifier) throws -> [NoteSignature] {
        let named = signatures.filter { ByteKey.areEqual($0.name, verifier.name) }
        guard !named.isEmpty else {
            throw Refusal(
                NoteCode.name,
                Self.subject,
                expected: "a signature by `\(verifier.name)`",
                found: signatures.map { "`\($0.name)`" }.joined(separator: ", ")
            )
        }
        let own = named.filter(verifier.isNamed)
        guard !own.isEmpty else {
            throw Refusal(
                NoteCode.key,
                Self.subject,
                expected: "the key "
                    + verifier.keyIDs.map(\.description).sorted().joined(separator: " or ")
                    + " of `\(verifier.name)`",
                found: named.map(\.keyID.description).joined(separator: ", ")
            )
        }
        let message = Array(text.utf8)
        guard own.allSatisfy({ verifier.isValid($0.bytes, message) }) else {
            throw Refusal(
                NoteCode.signature,
                Self.subject,
                expected: "a valid signature by `\(verifier.name)`"
            )
        }
        return own
    }

    private static func check(_ bytes: [UInt8]) throws {
        guard bytes.count <= maximumLength else {
            throw Refusal(
                NoteCode.tooLarge,
                subject,
                expected: "at most \(maximumLength) bytes",
                found: "\(bytes.count)"
            )
        }
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw Refusal(NoteCode.encoding, subject, expected: "UTF-8")
        }
        if let control = bytes.first(where: { $0 < 0x20 && $0 != 0x0A }) {
            throw Refusal(
                NoteCode.encoding,
                subject,
                expected: "no control characters but newlines",
                found: "the byte \(Hex.encode([control]))"
            )
        }
    }

    private static func malformed(_ expected: String) -> Refusal {
        Refusal(NoteCode.form, subject, expected: expected)
    }
}
