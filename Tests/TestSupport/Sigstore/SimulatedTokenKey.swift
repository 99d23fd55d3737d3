// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Crypto
internal import CryptoExtras
internal import Foundation
public import TrustCore

/// A key that an issuer signs tokens with: RS256 as GitHub's and GitLab's, or ES256.
public struct SimulatedTokenKey: Sendable {
    private enum Material: Sendable {
        case p256(P256.Signing.PrivateKey)
        case rsa(_RSA.Signing.PrivateKey)
    }

    /// Its name among the issuer's keys (`kid`).
    public let id: String
    private let material: Material

    /// A new key on P-256.
    public static func es256(_ id: String) -> SimulatedTokenKey {
        SimulatedTokenKey(id: id, material: .p256(P256.Signing.PrivateKey()))
    }

    /// An RSA key of 2048 bits. There are three, made once, for making one takes long.
    public static func rs256(_ id: String, number: Int = 0) -> SimulatedTokenKey {
        SimulatedTokenKey(id: id, material: .rsa(rsaKeys[number % rsaKeys.count]))
    }

    private static let rsaKeys: [_RSA.Signing.PrivateKey] = (0..<3).map { _ in
        guard let key = try? _RSA.Signing.PrivateKey(keySize: .bits2048) else {
            preconditionFailure("RSA keys can be made")
        }
        return key
    }

    /// What tokens say that they are signed with (`alg`).
    public var algorithm: String {
        switch material {
        case .p256: "ES256"
        case .rsa: "RS256"
        }
    }

    /// The public half as PEM: what a verifier that confuses algorithms takes for a shared secret.
    public var publicPEM: String {
        switch material {
        case .p256(let key): key.publicKey.pemRepresentation
        case .rsa(let key): key.publicKey.pemRepresentation
        }
    }

    /// The public half, as issuers publish it (RFC 7517).
    public var json: JSONValue {
        var object = JSONObject()
        switch material {
        case .p256(let key):
            let raw = Array(key.publicKey.rawRepresentation)
            object["kty"] = "EC"
            object["crv"] = "P-256"
            object["x"] = .string(SimulatedIssuer.part(Array(raw.prefix(32))))
            object["y"] = .string(SimulatedIssuer.part(Array(raw.suffix(32))))
        case .rsa(let key):
            guard let numbers = try? key.publicKey.getKeyPrimitives() else {
                preconditionFailure("an RSA key has its numbers")
            }
            object["kty"] = "RSA"
            object["n"] = .string(SimulatedIssuer.part(Array(numbers.modulus)))
            object["e"] = .string(SimulatedIssuer.part(Array(numbers.publicExponent)))
        }
        object["use"] = "sig"
        object["alg"] = .string(algorithm)
        object["kid"] = .string(id)
        return .object(object)
    }

    /// The signature over bytes, in the form of JSON Web Signatures.
    public func signature(over bytes: [UInt8]) -> [UInt8] {
        let signature: Data?
        switch material {
        case .p256(let key): signature = try? key.signature(for: bytes).rawRepresentation
        case .rsa(let key):
            signature = try? key.signature(for: SHA256.hash(data: bytes), padding: .insecurePKCS1v1_5)
                .rawRepresentation
        }
        guard let signature else { preconditionFailure("a good key signs") }
        return Array(signature)
    }

    /// A token with this key's name and signature.
    ///
    /// - Parameter header: members of the header, instead of its own; null removes one.
    public func token(_ claims: JSONObject, header: [String: JSONValue] = [:]) -> String {
        var own = JSONObject()
        own["alg"] = .string(algorithm)
        own["kid"] = .string(id)
        own["typ"] = "JWT"
        for (name, value) in header { own[name] = value == .null ? nil : value }
        let signed =
            SimulatedIssuer.part(JSONWriter.encode(.object(own))) + "."
            + SimulatedIssuer.part(JSONWriter.encode(.object(claims)))
        return signed + "." + SimulatedIssuer.part(signature(over: Array(signed.utf8)))
    }

    /// The claims of a token that this key signed; nil if it did not.
    func claims(verifying token: String) -> JSONObject? {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, let payload = SimulatedIssuer.bytes(parts[1]),
            let raw = SimulatedIssuer.bytes(parts[2])
        else { return nil }
        let signed = Array("\(parts[0]).\(parts[1])".utf8)
        switch material {
        case .p256(let key):
            guard let signature = try? P256.Signing.ECDSASignature(rawRepresentation: raw),
                key.publicKey.isValidSignature(signature, for: signed)
            else { return nil }
        case .rsa(let key):
            let signature = _RSA.Signing.RSASignature(rawRepresentation: raw)
            guard
                key.publicKey.isValidSignature(
                    signature,
                    for: SHA256.hash(data: signed),
                    padding: .insecurePKCS1v1_5
                )
            else { return nil }
        }
        return (try? JSONReader.read(payload, of: "a token"))?.object
    }
}
