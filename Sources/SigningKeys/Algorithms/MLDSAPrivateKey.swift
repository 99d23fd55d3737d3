// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Crypto
import TrustCore

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// An ML-DSA private key, kept as the seed that it is made of (FIPS 204, 3.6.3).
struct MLDSAPrivateKey: Sendable {
    let publicKey: MLDSAPublicKey
    private let seed: SecretBytes

    /// Nil unless the seed is 32 bytes.
    init?(seed: [UInt8], _ parameters: MLDSAParameters) {
        guard seed.count == MLDSAParameters.seedLength, #available(macOS 26.0, *) else { return nil }
        let bytes: Data? =
            switch parameters {
            case .mlDSA65:
                try? MLDSA65.PrivateKey(seedRepresentation: seed, publicKey: nil).publicKey.rawRepresentation
            case .mlDSA87:
                try? MLDSA87.PrivateKey(seedRepresentation: seed, publicKey: nil).publicKey.rawRepresentation
            }
        guard let bytes, let publicKey = MLDSAPublicKey(Array(bytes), parameters) else { return nil }
        self.publicKey = publicKey
        self.seed = SecretBytes(seed)
    }

    /// A new key.
    static func generate(_ parameters: MLDSAParameters) throws -> MLDSAPrivateKey {
        var random = SystemRandomNumberGenerator()
        var seed = (0..<MLDSAParameters.seedLength).map { _ in UInt8.random(in: .min ... .max, using: &random)
        }
        defer { Wipe.bytes(&seed) }
        guard let key = MLDSAPrivateKey(seed: seed, parameters) else {
            throw Failure(.configuration, "this system has no ML-DSA")
        }
        return key
    }

    func signature(for message: [UInt8]) throws -> [UInt8] {
        guard #available(macOS 26.0, *) else { throw Failure(.configuration, "this system has no ML-DSA") }
        let signed = MLDSAParameters.representative(of: message)
        return try seed.withBytes { seed in
            switch publicKey.parameters {
            case .mlDSA65:
                Array(try MLDSA65.PrivateKey(seedRepresentation: seed, publicKey: nil).signature(for: signed))
            case .mlDSA87:
                Array(try MLDSA87.PrivateKey(seedRepresentation: seed, publicKey: nil).signature(for: signed))
            }
        }
    }

    /// The PKCS #8 form with the seed alone (RFC 9881, section 6). The caller wipes it.
    func pkcs8(_ algorithm: KeyAlgorithm) -> [UInt8] {
        seed.withBytes { seed in
            DERWriter.sequence(
                [0x02, 0x01, 0x00] + algorithm.der + DERWriter.octetString(DERWriter.element(0x80, seed))
            )
        }
    }

    /// Reads the contents of a PKCS #8 private key: the seed, or the seed beside the expanded key, which is
    /// then not looked at. The expanded key alone is not read (RFC 9881, section 6).
    static func read(_ der: ArraySlice<UInt8>, _ parameters: MLDSAParameters) throws -> MLDSAPrivateKey {
        var reader = DERReader(der)
        var seed = reader.element(0x80)
        if seed == nil, var both = reader.sequence() {
            seed = both.octetString()
            guard both.octetString() != nil, both.isAtEnd else { seed = nil; return try refuse() }
        }
        guard let seed, reader.isAtEnd,
            let key = Wipe.passing(seed, to: { MLDSAPrivateKey(seed: Array($0), parameters) })
        else { return try refuse() }
        return key
    }

    private static func refuse() throws -> MLDSAPrivateKey {
        throw PrivateKeyInfo.malformed("an ML-DSA private key with its seed of 32 bytes (RFC 9881)")
    }
}
