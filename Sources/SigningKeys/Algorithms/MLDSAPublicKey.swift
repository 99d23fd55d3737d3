// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Crypto
import TrustCore

/// The parameter sets of ML-DSA (FIPS 204) that we know. swift-crypto has no ML-DSA-44.
enum MLDSAParameters: Sendable {
    case mlDSA65
    case mlDSA87

    /// How long a public key is, in bytes (FIPS 204, table 2).
    var publicKeyLength: Int {
        switch self {
        case .mlDSA65: 1952
        case .mlDSA87: 2592
        }
    }

    /// How long a signature is, in bytes (FIPS 204, table 2).
    var signatureLength: Int {
        switch self {
        case .mlDSA65: 3309
        case .mlDSA87: 4627
        }
    }

    /// How long the seed is that a private key is made of.
    static let seedLength = 32

    var scheme: SignatureScheme {
        switch self {
        case .mlDSA65: .mlDSA65
        case .mlDSA87: .mlDSA87
        }
    }

    /// What is signed in place of a message: `tuf`, the version of the scheme, and the SHA-512 digest of the
    /// message (TAP 21, draft).
    static func representative(of message: [UInt8]) -> [UInt8] {
        Array("tuf".utf8) + [0x01] + SHA512.hash(data: message)
    }
}

/// An ML-DSA public key.
struct MLDSAPublicKey: Sendable {
    let parameters: MLDSAParameters
    /// The key as FIPS 204 serialises it.
    let bytes: [UInt8]

    /// Nil unless the bytes are a key of these parameters.
    init?(_ bytes: [UInt8], _ parameters: MLDSAParameters) {
        guard bytes.count == parameters.publicKeyLength, #available(macOS 26.0, *) else { return nil }
        switch parameters {
        case .mlDSA65: guard (try? MLDSA65.PublicKey(rawRepresentation: bytes)) != nil else { return nil }
        case .mlDSA87: guard (try? MLDSA87.PublicKey(rawRepresentation: bytes)) != nil else { return nil }
        }
        self.parameters = parameters
        self.bytes = bytes
    }

    func isValid(signature: [UInt8], for message: [UInt8]) -> Bool {
        guard signature.count == parameters.signatureLength, #available(macOS 26.0, *) else { return false }
        let signed = MLDSAParameters.representative(of: message)
        return switch parameters {
        case .mlDSA65:
            (try? MLDSA65.PublicKey(rawRepresentation: bytes))?.isValidSignature(signature, for: signed)
                == true
        case .mlDSA87:
            (try? MLDSA87.PublicKey(rawRepresentation: bytes))?.isValidSignature(signature, for: signed)
                == true
        }
    }
}
