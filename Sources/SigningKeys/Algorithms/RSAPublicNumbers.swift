// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// An RSA modulus and public exponent within our bounds, without leading zeros.
struct RSAPublicNumbers: Sendable {
    /// The smallest modulus we trust, in bits (TUF specification 1.0.34, section 4.2).
    static let minimumBits = 2048
    /// The largest modulus we are willing to compute with, in bits.
    static let maximumBits = 8192
    /// The longest exponent, in bytes. Honest ones are 65537 or 3.
    static let maximumExponentLength = 4

    let modulus: [UInt8]
    let exponent: [UInt8]

    /// How many bits the modulus has.
    var bits: Int { Self.bits(modulus) }

    private static func bits(_ modulus: [UInt8]) -> Int {
        modulus.count * 8 - (modulus.first?.leadingZeroBitCount ?? 0)
    }

    /// Reads a PKCS #1 `RSAPublicKey` (RFC 8017, A.1.1).
    init(pkcs1: [UInt8]) throws {
        var outer = DERReader(pkcs1)
        guard var inner = outer.sequence(), outer.isAtEnd, let modulus = inner.positiveInteger(),
            let exponent = inner.positiveInteger(), inner.isAtEnd
        else { throw PublicKeyMaterial.malformed("an RSA key in DER") }
        try self.init(modulus: Array(modulus), exponent: Array(exponent))
    }

    /// Takes big-endian numbers without leading zeros.
    init(modulus: [UInt8], exponent: [UInt8]) throws {
        let bits = Self.bits(modulus)
        guard bits >= Self.minimumBits else {
            throw Refusal(
                KeyCode.tooWeak,
                PublicKey.subject,
                expected: "RSA with at least \(Self.minimumBits) bits",
                found: "\(bits)"
            )
        }
        guard bits <= Self.maximumBits else {
            throw Refusal(
                KeyCode.tooLarge,
                PublicKey.subject,
                expected: "RSA with at most \(Self.maximumBits) bits",
                found: "\(bits)"
            )
        }
        let isOdd = (modulus.last ?? 0) & 1 == 1 && (exponent.last ?? 0) & 1 == 1
        guard isOdd, exponent != [1], exponent.count <= Self.maximumExponentLength else {
            throw PublicKeyMaterial.malformed("an odd RSA modulus and an odd exponent from 3 to 2^32 - 1")
        }
        self.modulus = modulus
        self.exponent = exponent
    }

    /// The PKCS #1 `RSAPublicKey`.
    var pkcs1: [UInt8] {
        DERWriter.sequence(DERWriter.integer(modulus[...]) + DERWriter.integer(exponent[...]))
    }
}
