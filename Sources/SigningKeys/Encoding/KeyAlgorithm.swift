// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// The algorithms of PKIX keys that we know, by their object identifiers (RFC 5480, RFC 8017, RFC 8410, RFC
/// 9881).
enum KeyAlgorithm: CaseIterable {
    case ed25519
    case p256
    case p384
    case rsa
    case mlDSA65
    case mlDSA87

    init(_ parameters: MLDSAParameters) {
        switch parameters {
        case .mlDSA65: self = .mlDSA65
        case .mlDSA87: self = .mlDSA87
        }
    }

    static let ellipticCurve: [UInt8] = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01]
    private static let rsaEncryption: [UInt8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01]

    /// The object identifier of the key type.
    private var identifier: [UInt8] {
        switch self {
        case .ed25519: [0x2B, 0x65, 0x70]
        case .p256, .p384: Self.ellipticCurve
        case .rsa: Self.rsaEncryption
        case .mlDSA65: [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x12]
        case .mlDSA87: [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x13]
        }
    }

    /// The object identifier of the curve, for keys on named curves.
    var curve: [UInt8]? {
        switch self {
        case .p256: [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07]
        case .p384: [0x2B, 0x81, 0x04, 0x00, 0x22]
        case .ed25519, .rsa, .mlDSA65, .mlDSA87: nil
        }
    }

    /// The DER `AlgorithmIdentifier`.
    var der: [UInt8] {
        let parameters: [UInt8] =
            switch self {
            case .ed25519, .mlDSA65, .mlDSA87: []
            case .p256, .p384: DERWriter.objectIdentifier(curve ?? [])
            case .rsa: DERWriter.null
            }
        return DERWriter.sequence(DERWriter.objectIdentifier(identifier) + parameters)
    }

    /// Which algorithm a DER `AlgorithmIdentifier` names, with its parameters exactly as we write them.
    static func read(_ reader: inout DERReader) -> KeyAlgorithm? {
        guard let contents = reader.element(0x30) else { return nil }
        let found = DERWriter.sequence(Array(contents))
        return allCases.first { $0.der == found }
    }
}
