// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Crypto
import CryptoExtras
import TrustCore

/// A private key in memory.
///
/// Its descriptions never show the key. The key bytes are held by swift-crypto, which wipes those of Ed25519,
/// ECDSA and RSA keys when the last copy goes; bytes that pass through here on their way are wiped as far as
/// Swift allows.
public struct PrivateKey: Signer {
    /// The public half.
    public let publicKey: PublicKey
    private let material: PrivateKeyMaterial

    /// Makes a new key with the system's random number generator. RSA keys have 3072 bits.
    public static func generate(_ scheme: SignatureScheme) throws -> PrivateKey {
        let material: PrivateKeyMaterial =
            switch scheme {
            case .ed25519: .ed25519(Curve25519.Signing.PrivateKey())
            case .ecdsaP256: .p256(P256.Signing.PrivateKey(compactRepresentable: false))
            case .ecdsaP384: .p384(P384.Signing.PrivateKey(compactRepresentable: false))
            case .rsassaPSSSHA256: .rsa(try _RSA.Signing.PrivateKey(keySize: .bits3072))
            case .mlDSA65: .mlDSA(try .generate(.mlDSA65))
            case .mlDSA87: .mlDSA(try .generate(.mlDSA87))
            }
        return try PrivateKey(material)
    }

    /// Reads a PEM private key: `PRIVATE KEY` (PKCS #8), `EC PRIVATE KEY` (SEC 1) or `RSA PRIVATE KEY` (PKCS
    /// #1).
    ///
    /// - Throws: a refusal with `key.malformed`, `key.unknown-type`, `key.too-weak`, `key.too-large`,
    ///   `key.pair-mismatch`, or `key.foreign-encryption` for an encrypted one.
    public init(pem: [UInt8]) throws {
        var block = try PEMBlock.read(pem, Self.subject)
        defer { Wipe.bytes(&block.bytes) }
        switch block.label {
        case "PRIVATE KEY": try self.init(PrivateKeyInfo.read(block.bytes))
        case "EC PRIVATE KEY": try self.init(PrivateKeyInfo.readSEC1(block.bytes[...], curve: nil))
        case "RSA PRIVATE KEY": try self.init(PrivateKeyInfo.readPKCS1(block.bytes[...]))
        default: throw PrivateKeyInfo.malformed("a private key in PEM", found: "`\(block.label)`")
        }
    }

    /// Reads a DER PKCS #8 private key (RFC 5208, RFC 5958).
    init(pkcs8 der: [UInt8]) throws { try self.init(PrivateKeyInfo.read(der)) }

    init(_ material: PrivateKeyMaterial) throws {
        self.material = material
        publicKey = PublicKey(try material.publicMaterial)
    }

    static let subject = "private key"

    /// Signs a message in the scheme of the key.
    public func sign(_ message: [UInt8]) throws -> [UInt8] {
        do {
            return try material.signature(for: message)
        } catch {
            // The cause is left out: nothing that was near a private key goes into a message.
            throw Failure(.configuration, "signing with the \(publicKey) did not work")
        }
    }

    /// The key as DER PKCS #8. The caller wipes it.
    var pkcs8: [UInt8] { PrivateKeyInfo.write(material) }
}

extension PrivateKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Names the public half; the private one is never shown.
    public var description: String { "private half of \(publicKey)" }
    /// Names the public half; the private one is never shown.
    public var debugDescription: String { description }
    /// Shows nothing, so that `dump` does not either.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
