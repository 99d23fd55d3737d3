// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// A key that notes are signed with, and its name, as people hand it on: `NAME+ID+KEY` (C2SP signed-note,
/// "verifier keys").
public struct NoteKey: Sendable, Hashable {
    /// What the key signs.
    public enum Use: UInt8, Sendable, CaseIterable {
        /// Notes, such as a log's checkpoints.
        case notes = 0x01
        /// Cosignatures, as witnesses make them (C2SP tlog-cosignature, `cosignature/v1`).
        case cosignatures = 0x04
    }

    /// The longest text, in bytes.
    public static let maximumLength = NoteSignature.maximumLength + 256

    /// The name that it signs under; compare as bytes.
    public let name: String
    /// What it signs.
    public let use: Use
    /// The Ed25519 key.
    public let key: VerificationKey

    private static let subject = "key of a log or a witness"

    /// Takes an Ed25519 key.
    ///
    /// - Throws: `log-policy.key` for a name that cannot stand under a note, or a key of another type.
    public init(name: String, use: Use, key: VerificationKey) throws {
        guard key.algorithm == .ed25519 else { throw Self.malformed("an Ed25519 key") }
        guard !name.isEmpty, name.utf8.count <= NoteSignature.maximumLength,
            !name.unicodeScalars.contains(where: {
                $0.properties.isWhitespace || $0.value < 0x20 || $0 == "+"
            })
        else { throw Self.malformed("a name without white space or a plus sign") }
        self.name = name
        self.use = use
        self.key = key
    }

    /// Reads the text.
    ///
    /// - Throws: `log-policy.key`.
    public init(parsing text: String) throws {
        guard text.utf8.count <= Self.maximumLength else {
            throw Self.malformed("at most \(Self.maximumLength) bytes")
        }
        // No base64 key has a plus sign in front of its last one: it is the text's second that counts.
        let parts = text.utf8.split(separator: 0x2B, maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let name = String(parts[0]), let id = Hex.decode(Array(parts[1])),
            let bytes = Base64.decode(Array(parts[2])), let type = bytes.first
        else { throw Self.malformed("`NAME+ID+KEY`: eight hexadecimal digits, and a key in base64") }
        guard let use = Use(rawValue: type), bytes.count == 33 else {
            throw Self.malformed("an Ed25519 key, for notes (1) or cosignatures (4)", found: "type \(type)")
        }
        let key: VerificationKey
        do {
            key = try VerificationKey(
                subjectPublicKeyInfo: PublicKey(ed25519: Array(bytes.dropFirst())).subjectPublicKeyInfo
            )
        } catch { throw Self.malformed("an Ed25519 key", cause: error) }
        try self.init(name: name, use: use, key: key)
        guard id == keyID.bytes else {
            throw Self.malformed("the id \(keyID) of that name and key", found: Hex.encode(id))
        }
    }

    /// The id that its signatures go by.
    public var keyID: NoteKeyID { NoteKeyID(name: name, type: [use.rawValue], key: bytes) }

    /// What verifies its signatures.
    public var verifier: NoteVerifier {
        switch use {
        case .notes: NoteVerifier(name: name, key: key)
        case .cosignatures:
            // Its type was checked when it was read, so there is always such a verifier.
            NoteVerifier(witness: name, key: key) ?? NoteVerifier(name: name, keyIDs: []) { _, _ in false }
        }
    }

    private var bytes: [UInt8] { Array(key.subjectPublicKeyInfo.suffix(32)) }

    private static func malformed(_ expected: String, found: String? = nil, cause: (any Error)? = nil)
        -> Refusal
    {
        Refusal(LogPolicyCode.key, subject, expected: expected, found: found, cause: cause)
    }
}

extension NoteKey: CustomStringConvertible {
    /// The text.
    public var description: String { "\(name)+\(keyID)+\(Base64.text([use.rawValue] + bytes))" }
}
