// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import SigningKeys
import TrustCore

/// An Ed25519 key as conda content trust names it: by its 32 bytes, in 64 lower-case hexadecimal digits.
public struct TrustKey: Sendable, Hashable {
    /// The key.
    public let publicKey: PublicKey
    /// Its name.
    public let hex: String

    /// Takes a key.
    ///
    /// - Throws: a `Refusal` with `content-trust.key-type` for one that is not Ed25519: the format has no others.
    public init(_ key: PublicKey) throws {
        guard key.scheme == .ed25519 else {
            throw Refusal(
                ContentTrustCode.keyType,
                "\(key)",
                expected: "an Ed25519 key",
                found: key.scheme.rawValue
            )
        }
        publicKey = key
        // The bytes end the encoding, whichever spelling the key was given in.
        hex = Hex.encode(Array(key.subjectPublicKeyInfo.suffix(32)))
    }

    /// Reads a key's name.
    ///
    /// - Throws: a `Refusal` with `content-trust.key-format`, or a `key.…` code for bytes that are no safe key.
    public init(hex text: String, of subject: String) throws {
        guard let bytes = Self.bytes(text, count: 32) else {
            throw Refusal(
                ContentTrustCode.keyFormat,
                subject,
                expected: "64 lower-case hexadecimal digits",
                found: "`\(text)`"
            )
        }
        publicKey = try PublicKey(ed25519: bytes)
        hex = text
    }

    /// Lower-case hexadecimal digits of so many bytes; nil for any other text. The format knows one spelling only.
    static func bytes(_ text: String, count: Int) -> [UInt8]? {
        guard text.utf8.count == 2 * count, !text.utf8.contains(where: { (0x41...0x5A).contains($0) }) else {
            return nil
        }
        return Hex.decode(text)
    }
}

extension TrustKey: CustomStringConvertible {
    /// The 64 digits.
    public var description: String { hex }
}
