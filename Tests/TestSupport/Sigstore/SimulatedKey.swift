// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Crypto
internal import Foundation
public import SigningKeys
internal import TrustCore

/// A private key of a simulated instance: of an authority, a log, or a signer.
public struct SimulatedKey: Sendable {
    /// The curves that instances use.
    public enum Curve: Sendable {
        case p256
        case p384
    }

    private enum Material: Sendable {
        case p256(P256.Signing.PrivateKey)
        case p384(P384.Signing.PrivateKey)
    }

    private let material: Material

    /// Makes a new key.
    public init(_ curve: Curve = .p256) {
        material =
            switch curve {
            case .p256: .p256(P256.Signing.PrivateKey(compactRepresentable: false))
            case .p384: .p384(P384.Signing.PrivateKey(compactRepresentable: false))
            }
    }

    /// The public half as DER.
    public var subjectPublicKeyInfo: [UInt8] {
        switch material {
        case .p256(let key): Array(key.publicKey.derRepresentation)
        case .p384(let key): Array(key.publicKey.derRepresentation)
        }
    }

    /// The public half, as verifiers take it: with the hash function of the curve's size.
    public func publicKey() throws -> VerificationKey {
        try VerificationKey(subjectPublicKeyInfo: subjectPublicKeyInfo)
    }

    /// Signs with the hash function of the curve's size; the signature is DER.
    public func sign(_ message: [UInt8]) throws -> [UInt8] {
        switch material {
        case .p256(let key): Array(try key.signature(for: message).derRepresentation)
        case .p384(let key): Array(try key.signature(for: message).derRepresentation)
        }
    }

    /// Signs like ``sign(_:)``, in the form of JSON Web Signatures: both numbers, each in its full width.
    public func signRaw(_ message: [UInt8]) throws -> [UInt8] {
        switch material {
        case .p256(let key): Array(try key.signature(for: message).rawRepresentation)
        case .p384(let key): Array(try key.signature(for: message).rawRepresentation)
        }
    }

    /// Signs with another hash function, as timestamp authorities do: DER, and how tokens name the algorithm.
    /// MD5 stands for SHA-256 here, since nothing signs with it.
    func sign(_ message: [UInt8], by algorithm: DigestAlgorithm) throws -> (
        signature: [UInt8], algorithm: String
    ) {
        switch algorithm {
        case .sha256, .md5: (try sign(SHA256.hash(data: message)), "1.2.840.10045.4.3.2")
        case .sha384: (try sign(SHA384.hash(data: message)), "1.2.840.10045.4.3.3")
        case .sha512: (try sign(SHA512.hash(data: message)), "1.2.840.10045.4.3.4")
        }
    }

    private func sign(_ digest: some Crypto.Digest) throws -> [UInt8] {
        switch material {
        case .p256(let key): Array(try key.signature(for: digest).derRepresentation)
        case .p384(let key): Array(try key.signature(for: digest).derRepresentation)
        }
    }

    /// How certificates name what ``sign(_:)`` does.
    var signatureAlgorithm: String {
        switch material {
        case .p256: "1.2.840.10045.4.3.2"
        case .p384: "1.2.840.10045.4.3.3"
        }
    }

    /// Eight random bytes, or as many as are asked for: numbers of certificates and timestamps. Positive,
    /// without leading zeros.
    static func number(_ count: Int = 8) -> [UInt8] {
        var bytes = SymmetricKey(size: SymmetricKeySize(bitCount: count * 8)).withUnsafeBytes { Array($0) }
        bytes[0] = bytes[0] & 0x7F | 0x40
        return bytes
    }
}
