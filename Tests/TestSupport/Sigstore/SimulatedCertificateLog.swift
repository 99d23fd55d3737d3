// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import Sigstore
public import TrustCore

/// A log of certificates (RFC 6962) that promises to show whatever it is asked to, and does not keep it.
public struct SimulatedCertificateLog: Sendable {
    /// The key that signs the promises.
    public let key: SimulatedKey
    /// What it adds to each promise: static logs say where the certificate is.
    public var extensions: [UInt8]
    /// Where it says it is.
    public let baseURL: String

    /// Makes a log with a new key.
    public init(_ name: String = "certificates", extensions: [UInt8] = []) {
        key = SimulatedKey(.p256)
        self.extensions = extensions
        baseURL = "https://\(name).example"
    }

    /// How promises name it: SHA-256 of its key.
    public var logID: [UInt8] { Digest.of(key.subjectPublicKeyInfo).bytes }

    /// Makes a promise: a serialised signed certificate timestamp.
    ///
    /// - Parameters:
    ///   - signedPart: the DER `TBSCertificate` without promises.
    ///   - issuerKey: the DER key of who issues it.
    public func promise(_ signedPart: [UInt8], issuerKey: [UInt8], at time: Timestamp) throws -> [UInt8] {
        let time = Self.bytes(UInt64(max(0, time.seconds)) * 1_000, 8)
        let extensions = Self.vector(self.extensions)
        let entry = Digest.of(issuerKey).bytes + Self.bytes(UInt64(signedPart.count), 3) + signedPart
        let signature = try key.sign([0, 0] + time + [0, 1] + entry + extensions)
        return [0] + logID + time + extensions + [4, 3] + Self.vector(signature)
    }

    /// The extension of a certificate that carries promises.
    public static func list(_ promises: [[UInt8]]) -> CertificateDraft.Extension {
        CertificateDraft.Extension(
            CertificateDraft.Extension.promisesIdentifier,
            SimulatedDER.octets(vector(promises.flatMap(vector)))
        )
    }

    /// What a trusted root says of it.
    public func trusted(from start: Timestamp, until end: Timestamp? = nil) throws -> TrustedRoot.Log {
        TrustedRoot.Log(
            baseURL: baseURL,
            key: try key.publicKey(),
            validFor: ValidityPeriod(start: Moment(start), end: end.map { Moment($0) }),
            logID: logID
        )
    }

    private static func vector(_ contents: [UInt8]) -> [UInt8] { bytes(UInt64(contents.count), 2) + contents }

    private static func bytes(_ number: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).reversed().map { UInt8(truncatingIfNeeded: number >> UInt64($0 * 8)) }
    }
}
