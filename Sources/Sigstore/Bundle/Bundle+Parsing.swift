// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import SwiftASN1
import TrustCore
import X509

extension Bundle {
    /// The longest bundle, in bytes.
    public static let maximumLength = BundleLimits.bytes

    private typealias Fields = ProtobufFields<BundleCode>

    private static let mediaTypes: [(text: String, version: Version)] = [
        ("application/vnd.dev.sigstore.bundle.v0.3+json", .v03),
        ("application/vnd.dev.sigstore.bundle+json;version=0.3", .v03),
        ("application/vnd.dev.sigstore.bundle+json;version=0.2", .v02),
        ("application/vnd.dev.sigstore.bundle+json;version=0.1", .v01),
    ]

    /// How the format names hash functions.
    static let digestNames: [(text: String, algorithm: DigestAlgorithm)] = [
        ("SHA2_256", .sha256), ("SHA2_384", .sha384), ("SHA2_512", .sha512),
    ]

    /// The media type that is written for a version.
    static func mediaType(of version: Version) -> String {
        mediaTypes.first { $0.version == version }?.text ?? ""
    }

    /// Reads a bundle in JSON.
    ///
    /// Fields that the format does not have are refused. Each entry of a log must come with the evidence that
    /// its version demands; that there is an entry, or a timestamp, at all is for whoever verifies to demand.
    /// Nothing is verified, and that certificates, timestamps and entries' bodies can be read is not known
    /// either.
    ///
    /// - Parameters:
    ///   - subject: what the bundle is, for messages.
    ///   - versions: the versions that are accepted. The older two exist for what was signed before 2024.
    /// - Throws: a `Refusal` with a `bundle.…` or `json.…` code, or `limit.too-large`.
    public init(
        parsing bytes: [UInt8],
        of subject: String = "the bundle",
        allowing versions: Set<Version> = [.v03]
    ) throws {
        let value = try JSONReader.read(bytes, of: subject, limits: BundleLimits.json)
        let fields = try Fields(value, of: subject)
        version = try Self.version(fields, versions)
        try fields.check([
            "mediaType", "verificationMaterial", "messageSignature", "dsseEnvelope",
        ])
        let evidence = try fields.requiredFields("verificationMaterial")
        try evidence.check([
            "publicKey", "x509CertificateChain", "certificate", "tlogEntries", "timestampVerificationData",
        ])
        material = try Self.material(evidence, version)
        content = try Self.content(fields)
        logEntries = try LogEntry.list(evidence, "tlogEntries", in: version)
        timestamps = try Self.timestamps(evidence)
    }

    private static func version(_ fields: Fields, _ allowed: Set<Version>) throws -> Version {
        let text = try fields.requiredString("mediaType")
        guard let known = mediaTypes.first(where: { ByteKey.areEqual($0.text, text) }) else {
            throw fields.refusal(
                BundleCode.mediaType,
                "mediaType",
                expected: "`\(mediaTypes[0].text)`",
                found: "`\(Printable.text(text))`"
            )
        }
        guard allowed.contains(known.version) else {
            let names = allowed.sorted().map { "`\($0.rawValue)`" }.joined(separator: " or ")
            throw fields.refusal(
                BundleCode.version,
                "mediaType",
                expected: "version \(names)",
                found: "`\(known.version.rawValue)`"
            )
        }
        return known.version
    }

    private static func material(_ fields: Fields, _ version: Version) throws -> Material {
        let forms = ["certificate", "publicKey", "x509CertificateChain"].filter(fields.has)
        guard forms.count == 1 else {
            throw fields.refusal(
                BundleCode.material,
                "certificate",
                expected: "a certificate or a public key",
                found: forms.isEmpty ? "neither" : forms.joined(separator: " and ")
            )
        }
        if let key = try fields.fields("publicKey") {
            try key.check(["hint"])
            return .publicKey(hint: try key.string("hint") ?? "")
        }
        let form = version == .v03 ? "certificate" : "x509CertificateChain"
        guard fields.has(form) else {
            throw fields.refusal(
                BundleCode.certificateForm,
                forms[0],
                expected: "`\(form)` in version \(version.rawValue)"
            )
        }
        if let certificate = try fields.fields("certificate") {
            return .certificate(try bytes(of: certificate), others: [])
        }
        let chain = try fields.requiredFields("x509CertificateChain")
        try chain.check(["certificates"])
        let certificates = try chain.fieldsList("certificates", atMost: BundleLimits.chain).map(bytes(of:))
        guard let signer = certificates.first else {
            throw fields.refusal(BundleCode.emptyChain, "x509CertificateChain")
        }
        let others = Array(certificates.dropFirst())
        for (at, other) in others.enumerated() where isSelfIssued(other) {
            throw chain.refusal(
                BundleCode.rootCertificate,
                "certificates[\(at + 1)]",
                expected: "no certificate that issued itself"
            )
        }
        return .certificate(signer, others: others)
    }

    private static func bytes(of certificate: Fields) throws -> [UInt8] {
        try certificate.check(["rawBytes"])
        return try certificate.requiredBytes("rawBytes", atMost: BundleLimits.certificate)
    }

    /// Whether a certificate names itself as its issuer, as roots do. What is no certificate does not.
    private static func isSelfIssued(_ der: [UInt8]) -> Bool {
        guard let certificate = try? Certificate(derEncoded: der) else { return false }
        return certificate.issuer == certificate.subject
    }

    private static func content(_ fields: Fields) throws -> Content {
        let message = try fields.fields("messageSignature")
        let envelope = try fields.fields("dsseEnvelope")
        switch (message, envelope) {
        case (let message?, nil):
            try message.check(["messageDigest", "signature"])
            return .message(
                signature: try message.requiredBytes("signature"),
                digest: try message.fields("messageDigest").map(digest)
            )
        case (nil, let envelope?): return .envelope(try Self.envelope(envelope))
        default:
            throw fields.refusal(
                BundleCode.content,
                "messageSignature",
                expected: "one of `messageSignature` and `dsseEnvelope`",
                found: message == nil ? "neither" : "both"
            )
        }
    }

    private static func digest(_ fields: Fields) throws -> Digest {
        try fields.check(["algorithm", "digest"])
        let name = try fields.string("algorithm") ?? ""
        let bytes = try fields.bytes("digest") ?? []
        guard let known = digestNames.first(where: { ByteKey.areEqual($0.text, name) }),
            let digest = Digest(known.algorithm, bytes: bytes)
        else {
            throw fields.refusal(
                BundleCode.digest,
                "digest",
                expected: "a digest by `SHA2_256`, `SHA2_384` or `SHA2_512`",
                found: "\(bytes.count) bytes by `\(Printable.text(name))`"
            )
        }
        return digest
    }

    private static func envelope(_ fields: Fields) throws -> Envelope {
        try fields.check(["payload", "payloadType", "signatures"])
        let signatures = try fields.list("signatures", atMost: .max)
        guard signatures.count == 1 else {
            throw fields.refusal(
                BundleCode.signatureCount,
                "signatures",
                expected: "exactly one",
                found: "\(signatures.count)"
            )
        }
        let signature = try fields.fieldsList("signatures", atMost: 1)[0]
        try signature.check(["sig", "keyid"])
        return Envelope(
            payload: try fields.requiredBytes("payload"),
            payloadType: try fields.requiredString("payloadType"),
            signature: try signature.requiredBytes("sig"),
            keyID: try signature.string("keyid") ?? ""
        )
    }

    private static func timestamps(_ fields: Fields) throws -> [[UInt8]] {
        guard let data = try fields.fields("timestampVerificationData") else { return [] }
        try data.check(["rfc3161Timestamps"])
        return try data.fieldsList("rfc3161Timestamps", atMost: BundleLimits.timestamps).map { timestamp in
            try timestamp.check(["signedTimestamp"])
            return try timestamp.requiredBytes("signedTimestamp")
        }
    }
}

extension ProtobufFields<BundleCode> {
    /// Refuses fields that the message does not have.
    func check(_ known: [String]) throws {
        guard let key = unknownField(besides: known) else { return }
        throw refusal(
            BundleCode.unknownField,
            Printable.text(key),
            expected: known.map { "`\($0)`" }.joined(separator: ", ")
        )
    }
}
