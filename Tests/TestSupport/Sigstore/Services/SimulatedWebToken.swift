// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import SigningKeys
package import TrustCore

/// A signed token of OpenID Connect (a JSON Web Token), taken apart.
package struct SimulatedWebToken: Sendable {
    /// What is said of the signature.
    package let header: JSONObject
    /// What the issuer says of the bearer.
    package let claims: JSONObject
    let signed: [UInt8]
    let signature: [UInt8]

    /// Writes a token, signed with ES256.
    package static func write(_ claims: JSONObject, keyID: String, by key: SimulatedKey) throws -> String {
        let header: JSONValue = ["alg": "ES256", "kid": .string(keyID), "typ": "JWT"]
        let signed = [header, .object(claims)].map { encode(JSONWriter.encode($0)) }.joined(separator: ".")
        return try signed + "." + encode(key.signRaw(Array(signed.utf8)))
    }

    /// Takes a token apart; nil for anything else.
    package init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { String($0) }
        guard parts.count == 3, let header = Self.object(parts[0]), let claims = Self.object(parts[1]),
            let signature = Self.decode(parts[2])
        else { return nil }
        self.header = header
        self.claims = claims
        self.signature = signature
        signed = Array("\(parts[0]).\(parts[1])".utf8)
    }

    /// Whether the key, given as DER, signed it by ES256 or RS256.
    package func isSigned(by publicKey: [UInt8]) -> Bool {
        guard let key = try? VerificationKey(subjectPublicKeyInfo: publicKey) else { return false }
        switch header["alg"]?.string {
        case "ES256":
            guard key.algorithm == .ecdsaP256SHA256, signature.count == 64 else { return false }
            let numbers = [signature[..<32], signature[32...]].map { number in
                SimulatedDER.integer(Array(number.drop { $0 == 0 }))
            }
            return key.isValid(signature: SimulatedDER.sequence(numbers[0], numbers[1]), for: signed)
        case "RS256":
            let isRSA = [.rsa2048PKCS1v15, .rsa3072PKCS1v15, .rsa4096PKCS1v15].contains(key.algorithm)
            return isRSA && key.isValid(signature: signature, for: signed)
        default: return false
        }
    }

    private static func object(_ text: String) -> JSONObject? {
        decode(text).flatMap { try? JSONReader.read($0, of: "token").object }
    }

    /// Base64 for addresses, without padding (RFC 7515, 2).
    static func encode(_ bytes: [UInt8]) -> String {
        let text = Base64.encode(bytes).compactMap { byte -> UInt8? in
            switch byte {
            case UInt8(ascii: "+"): UInt8(ascii: "-")
            case UInt8(ascii: "/"): UInt8(ascii: "_")
            case UInt8(ascii: "="): nil
            default: byte
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func decode(_ text: String) -> [UInt8]? {
        var standard = text.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "-"): UInt8(ascii: "+")
            case UInt8(ascii: "_"): UInt8(ascii: "/")
            default: byte
            }
        }
        while !standard.count.isMultiple(of: 4) { standard.append(UInt8(ascii: "=")) }
        return Base64.decode(standard)
    }
}
