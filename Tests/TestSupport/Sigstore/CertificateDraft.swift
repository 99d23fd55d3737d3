// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import Sigstore
public import TrustCore

/// A certificate before it is signed. Every field can be changed, also to what no authority would sign.
public struct CertificateDraft: Sendable {
    /// An extension of a certificate.
    public struct Extension: Sendable {
        /// The object identifier, in dotted form.
        public var identifier: String
        /// Whether who does not know it must refuse the certificate.
        public var isCritical: Bool
        /// The DER that is in the extension.
        public var value: [UInt8]

        /// Makes an extension.
        public init(_ identifier: String, critical: Bool = false, _ value: [UInt8]) {
            self.identifier = identifier
            isCritical = critical
            self.value = value
        }

        var der: [UInt8] {
            let critical: [UInt8] = isCritical ? SimulatedDER.element(0x01, [0xFF]) : []
            return SimulatedDER.sequence(
                SimulatedDER.identifier(identifier),
                critical,
                SimulatedDER.octets(value)
            )
        }
    }

    /// The magnitude of its number.
    public var serialNumber: [UInt8] = SimulatedKey.number(16)
    /// The DER `Name` of who issues it; set when it is issued, unless it is set before.
    public var issuer: [UInt8]?
    /// The DER `Name` of whom it is for.
    public var subject: [UInt8]
    /// From when on it is valid.
    public var start: Timestamp
    /// Until when it is valid.
    public var end: Timestamp
    /// The key that it certifies, as DER.
    public var subjectPublicKeyInfo: [UInt8]
    /// What else it says.
    public var extensions: [Extension]

    /// Makes a draft.
    public init(
        subject: [UInt8],
        start: Timestamp,
        end: Timestamp,
        subjectPublicKeyInfo: [UInt8],
        extensions: [Extension]
    ) {
        self.subject = subject
        self.start = start
        self.end = end
        self.subjectPublicKeyInfo = subjectPublicKeyInfo
        self.extensions = extensions
    }

    /// The extension with this object identifier; setting nil removes it.
    public subscript(identifier: String) -> Extension? {
        get { extensions.first { $0.identifier == identifier } }
        set {
            if let at = extensions.firstIndex(where: { $0.identifier == identifier }) {
                if let newValue { extensions[at] = newValue } else { extensions.remove(at: at) }
            } else if let newValue {
                extensions.append(newValue)
            }
        }
    }

    /// The DER `TBSCertificate`, as it is signed by this algorithm, given in dotted form.
    public func signedPart(_ algorithm: String) -> [UInt8] {
        SimulatedDER.sequence(
            SimulatedDER.element(0xA0, SimulatedDER.integer([2])),
            SimulatedDER.integer(serialNumber),
            SimulatedDER.sequence(SimulatedDER.identifier(algorithm)),
            issuer ?? SimulatedDER.sequence(),
            SimulatedDER.sequence(
                SimulatedDER.certificateTime("\(start)"),
                SimulatedDER.certificateTime("\(end)")
            ),
            subject,
            subjectPublicKeyInfo,
            extensions.isEmpty
                ? [] : SimulatedDER.element(0xA3, SimulatedDER.element(0x30, extensions.flatMap(\.der)))
        )
    }

    /// The DER certificate, signed by this key.
    public func signed(by key: SimulatedKey) throws -> [UInt8] {
        let algorithm = key.signatureAlgorithm
        let signedPart = signedPart(algorithm)
        return SimulatedDER.sequence(
            signedPart,
            SimulatedDER.sequence(SimulatedDER.identifier(algorithm)),
            SimulatedDER.bits(try key.sign(signedPart))
        )
    }
}

// MARK: - Usual extensions

extension CertificateDraft.Extension {
    /// The extension that says what the key may do.
    public static let keyUsageIdentifier = "2.5.29.15"
    /// The extension with the names of whom the certificate is for.
    public static let alternativeNameIdentifier = "2.5.29.17"
    /// The extension that says whether it is an authority's.
    public static let constraintsIdentifier = "2.5.29.19"
    /// The extension that says what the key is for.
    public static let extendedKeyUsageIdentifier = "2.5.29.37"
    /// The extension with the logs' promises.
    public static let promisesIdentifier = "1.3.6.1.4.1.11129.2.4.2"
    /// To sign code: what signers' certificates are for.
    public static let codeSigning = "1.3.6.1.5.5.7.3.3"
    /// To sign timestamps.
    public static let timeStamping = "1.3.6.1.5.5.7.3.8"

    /// The key is for signatures.
    public static let signs = Self(keyUsageIdentifier, critical: true, [0x03, 0x02, 0x07, 0x80])
    /// The key is for certificates and lists of withdrawn ones.
    public static let signsCertificates = Self(keyUsageIdentifier, critical: true, [0x03, 0x02, 0x01, 0x06])

    /// The name of the certificate's own key, by which other certificates name it.
    public static func keyIdentifier(_ publicKey: [UInt8]) -> Self {
        Self("2.5.29.14", SimulatedDER.octets(name(publicKey)))
    }

    /// The name of the key that signed the certificate.
    public static func issuerKeyIdentifier(_ publicKey: [UInt8]) -> Self {
        Self("2.5.29.35", SimulatedDER.sequence(SimulatedDER.element(0x80, name(publicKey))))
    }

    private static func name(_ publicKey: [UInt8]) -> [UInt8] { Array(Digest.of(publicKey).bytes.prefix(20)) }

    /// What the key is for.
    public static func purposes(_ purposes: [String], critical: Bool = false) -> Self {
        let list = SimulatedDER.element(0x30, purposes.flatMap(SimulatedDER.identifier))
        return Self(extendedKeyUsageIdentifier, critical: critical, list)
    }

    /// An authority, and how many authorities may be below it.
    public static func authority(pathLength: UInt8? = nil) -> Self {
        let length = pathLength.map { SimulatedDER.integer($0 == 0 ? [0] : [$0]) } ?? []
        let value = SimulatedDER.sequence(SimulatedDER.element(0x01, [0xFF]), length)
        return Self(constraintsIdentifier, critical: true, value)
    }

    /// The names of whom the certificate is for.
    public static func names(_ names: [SignerIdentity], critical: Bool = true) -> Self {
        let list = names.flatMap { name -> [UInt8] in
            switch name.kind {
            case .email: SimulatedDER.element(0x81, Array(name.value.utf8))
            case .uri: SimulatedDER.element(0x86, Array(name.value.utf8))
            case .username:
                SimulatedDER.element(
                    0xA0,
                    SimulatedDER.identifier("1.3.6.1.4.1.57264.1.7")
                        + SimulatedDER.element(0xA0, SimulatedDER.utf8(name.value))
                )
            }
        }
        return Self(alternativeNameIdentifier, critical: critical, SimulatedDER.element(0x30, list))
    }

    /// What the authority says of the signer.
    public static func claim(_ claim: FulcioClaim, _ text: String) -> Self {
        Self(claim.objectIdentifier, claim.isRawText ? Array(text.utf8) : SimulatedDER.utf8(text))
    }
}
