// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import JWTKit
internal import TrustCore

/// A public key of an issuer, and the one algorithm that it is for.
struct IssuerKey: Sendable {
    /// Its name among the issuer's keys.
    let id: String
    /// The algorithm that its signatures are checked by, whatever a token says.
    let algorithm: TokenAlgorithm
    private let verifier: any JWTAlgorithm

    /// The bits that the modulus of an RSA key may have.
    static let modulusBits = 2_048...8_192
    /// The most bytes of an RSA key's public exponent.
    static let maximumExponentLength = 4

    /// Takes a key of a set (RFC 7517); nil for one that is not for signatures of the algorithms that count, or not
    /// usable.
    init?(_ value: JSONValue) async {
        guard let object = value.object, let id = object["kid"]?.string,
            (1...IssuerKeySet.maximumKeyIDLength).contains(id.utf8.count),
            object["use"].map({ $0 == "sig" }) ?? true,
            object["key_ops"].map({ $0.array?.contains("verify") ?? false }) ?? true
        else { return nil }
        let keys = JWTKeyCollection()
        do {
            switch (object["kty"], object["crv"]) {
            case ("RSA", _):
                algorithm = .rs256
                await keys.add(rsa: try Self.rsa(object), digestAlgorithm: .sha256)
            case ("EC", "P-256"):
                algorithm = .es256
                await keys.add(ecdsa: try Self.ellipticCurve(object))
            default: return nil
            }
            verifier = try await keys.getKey()
        } catch {
            return nil
        }
        let own = JSONValue.string(algorithm.rawValue)
        guard object["alg"] ?? own == own, .string(verifier.name) == own else { return nil }
        self.id = id
    }

    /// Whether a signature is this key's over these bytes.
    func isSignature(_ signature: [UInt8], over bytes: [UInt8]) -> Bool {
        (try? verifier.verify(signature, signs: bytes)) ?? false
    }

    private static func rsa(_ object: JSONObject) throws -> Insecure.RSA.PublicKey {
        let (modulus, modulusText) = try number(object, "n", limit: modulusBits.upperBound / 8 + 1)
        let (exponent, exponentText) = try number(object, "e", limit: maximumExponentLength)
        let bits = modulus.count * 8 - (modulus.first?.leadingZeroBitCount ?? 0)
        // An even exponent is none, and with 1 every signature is its own text.
        guard modulusBits.contains(bits), exponent != [1], exponent.last.map({ $0 & 1 == 1 }) ?? false else {
            throw Unusable()
        }
        return try Insecure.RSA.PublicKey(modulus: modulusText, exponent: exponentText)
    }

    private static func ellipticCurve(_ object: JSONObject) throws -> ES256PublicKey {
        guard let x = object["x"]?.string, let y = object["y"]?.string,
            Base64URL.decode(x.utf8)?.count == 32, Base64URL.decode(y.utf8)?.count == 32
        else { throw Unusable() }
        return try ES256PublicKey(parameters: (x: x, y: y))
    }

    /// A number of a key, without zeros in front, and its text.
    private static func number(_ object: JSONObject, _ name: String, limit: Int) throws -> ([UInt8], String) {
        guard let text = object[name]?.string, text.utf8.count <= limit * 2,
            let bytes = Base64URL.decode(text.utf8)
        else { throw Unusable() }
        let digits = Array(bytes.drop { $0 == 0 })
        guard (1...limit).contains(digits.count) else { throw Unusable() }
        return (digits, text)
    }

    private struct Unusable: Error {}
}
