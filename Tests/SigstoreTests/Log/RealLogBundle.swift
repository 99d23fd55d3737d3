// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import Sigstore
import SwiftASN1
import TestSupport
import TrustCore
import X509

/// The log's side of a real bundle, read with as little ceremony as its tests need. Not a parser to copy.
struct RealLogBundle {
    let version: Bundle.Version
    let entries: [LogEntry]
    let signed: LoggedSignature
    let hasTimestamps: Bool

    /// Reads a bundle.
    ///
    /// - Parameters:
    ///   - artifact: the file's digest.
    ///   - key: the key of a bundle without a certificate.
    init(_ value: JSONValue, artifact: TrustCore.Digest, key: VerificationKey? = nil) throws {
        let fields = try JSONFields(value, of: "bundle")
        let media = try fields.string("mediaType")
        let version = Bundle.Version.allCases.first {
            media.contains("version=\($0.rawValue)") || media.contains(".v\($0.rawValue)")
        }
        guard let version else { throw fields.wrong("mediaType", "a known version") }
        self.version = version
        let material = try fields.fields("verificationMaterial")
        hasTimestamps =
            try material.optionalFields("timestampVerificationData")?.optional("rfc3161Timestamps")?.array?
            .isEmpty == false
        entries = try material.array("tlogEntries").map { try LogEntry(real: JSONFields($0, of: "entry")) }
        let signer: LoggedSignature.Signer
        if let certificate = try Self.certificate(material) {
            signer = .certificate(certificate, key: try Self.key(certificate))
        } else if let key {
            signer = .key(key)
        } else {
            throw fields.wrong("publicKey", "a key")
        }
        if let message = try fields.optionalFields("messageSignature") {
            signed = LoggedSignature(
                signature: try message.base64("signature"),
                signer: signer,
                content: .message(digests: [artifact])
            )
        } else {
            let envelope = try fields.fields("dsseEnvelope")
            let signature = try JSONFields(try envelope.array("signatures")[0], of: "signature")
            signed = LoggedSignature(
                signature: try signature.base64("sig"),
                signer: signer,
                content: .envelope(
                    payload: try envelope.base64("payload"),
                    payloadType: try envelope.string("payloadType")
                )
            )
        }
    }

    /// Reads an attestation as PyPI serves it (PEP 740).
    init(attestation value: JSONValue) throws {
        let fields = try JSONFields(value, of: "attestation")
        let material = try fields.fields("verification_material")
        let certificate = try material.base64("certificate")
        let envelope = try fields.fields("envelope")
        version = .v03
        hasTimestamps = false
        entries = try material.array("transparency_entries").map {
            try LogEntry(real: JSONFields($0, of: "entry"))
        }
        signed = LoggedSignature(
            signature: try envelope.base64("signature"),
            signer: .certificate(certificate, key: try Self.key(certificate)),
            content: .envelope(
                payload: try envelope.base64("statement"),
                payloadType: "application/vnd.in-toto+json"
            )
        )
    }

    /// Verifies its entries. Where there are timestamps, they are taken to be of the log's first day.
    func verify(_ root: TrustedRoot) throws -> VerifiedLogEntries {
        let times = root.transparencyLogs.filter { log in entries.contains { $0.logID == log.logID } }
            .map(\.validFor.start)
        return try LogVerifier(root).verify(
            entries,
            version: version,
            signed: signed,
            timestamps: hasTimestamps ? times : []
        )
    }

    private static func certificate(_ material: JSONFields) throws -> [UInt8]? {
        if let certificate = try material.optionalFields("certificate") {
            return try certificate.base64("rawBytes")
        }
        guard let chain = try material.optionalFields("x509CertificateChain") else { return nil }
        let certificates = try chain.array("certificates")
        guard let first = certificates.first else { throw chain.wrong("certificates", "a certificate") }
        return try JSONFields(first, of: "certificate").base64("rawBytes")
    }

    private static func key(_ certificate: [UInt8]) throws -> VerificationKey {
        let certificate = try Certificate(derEncoded: certificate)
        return try VerificationKey(
            subjectPublicKeyInfo: try certificate.publicKey.serializeAsPEM().derBytes
        )
    }
}

extension LogEntry {
    /// Reads an entry of a bundle.
    init(real fields: JSONFields) throws {
        func number(_ fields: JSONFields, _ key: String) throws -> Int64 {
            guard let text = try fields.optionalString(key) else { return 0 }
            guard let number = Int64(text) else { throw fields.wrong(key, "a number") }
            return number
        }
        let kind = try fields.fields("kindVersion")
        let proof = try fields.optionalFields("inclusionProof").map { proof in
            InclusionProof(
                logIndex: try number(proof, "logIndex"),
                treeSize: try number(proof, "treeSize"),
                rootHash: try proof.base64("rootHash"),
                hashes: (try proof.optionalStrings("hashes") ?? []).map { Base64.decode($0) ?? [] },
                checkpoint: try proof.optionalFields("checkpoint")?.string("envelope") ?? ""
            )
        }
        self.init(
            logIndex: try number(fields, "logIndex"),
            logID: try fields.optionalFields("logId")?.base64("keyId") ?? [],
            kind: try kind.string("kind"),
            version: try kind.string("version"),
            integratedTime: try number(fields, "integratedTime"),
            signedEntryTimestamp: try fields.optionalFields("inclusionPromise")?.base64(
                "signedEntryTimestamp"
            ),
            inclusionProof: proof,
            canonicalizedBody: try fields.base64("canonicalizedBody")
        )
    }
}

extension TrustedRoot {
    /// The logs of a `trusted_root.json`, and nothing else of it.
    init(realLogs path: String) throws {
        let bytes = try SharedData.bytes(path)
        let fields = try JSONFields(try JSONReader.read(bytes, of: path), of: path)
        func moment(_ text: String) throws -> Moment {
            let whole = text.utf8.prefix { $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: "Z") }
            guard let time = Timestamp(String(decoding: Array(whole), as: UTF8.self) + "Z") else {
                throw fields.wrong("validFor", "a time")
            }
            return Moment(time)
        }
        let logs = try fields.array("tlogs").map { value in
            let log = try JSONFields(value, of: "log")
            let key = try log.fields("publicKey")
            let period = try key.fields("validFor")
            return Log(
                baseURL: try log.string("baseUrl"),
                key: try VerificationKey(
                    subjectPublicKeyInfo: key.base64("rawBytes"),
                    algorithm: SignatureAlgorithm(rawValue: try key.string("keyDetails"))
                ),
                validFor: ValidityPeriod(
                    start: try moment(try period.string("start")),
                    end: try period.optionalString("end").map(moment)
                ),
                logID: try log.fields("logId").base64("keyId")
            )
        }
        self.init(
            transparencyLogs: logs,
            certificateAuthorities: [],
            certificateLogs: [],
            timestampAuthorities: []
        )
    }
}

extension JSONFields {
    fileprivate func base64(_ key: String) throws -> [UInt8] {
        guard let bytes = Base64.decode(try string(key)) else { throw wrong(key, "base64") }
        return bytes
    }
}
