// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TrustCore

/// One object of a log entry's body, read by the forms of Rekor's kinds.
struct LogEntryForm {
    /// What the kinds have in common.
    struct Parts {
        let signature: [UInt8]
        let signer: LogEntryBody.Signer
        var algorithmName: String?
        let digest: Digest
        var payloadType: String?
    }

    let fields: JSONFields

    init(_ fields: JSONFields) { self.fields = fields }

    /// `hashedrekord` 0.0.1: the digest of a file, and a signature with its PEM certificate or key.
    func hashedRekordV001() throws -> Parts {
        try demand(["data", "signature"])
        let data = try object("data")
        try data.demand(["hash"])
        let signature = try object("signature")
        try signature.demand(["content", "publicKey"])
        let key = try signature.object("publicKey")
        try key.demand(["content"])
        return Parts(
            signature: try signature.bytes("content"),
            signer: try key.pem("content"),
            digest: try data.hexDigest("hash")
        )
    }

    /// `hashedrekord` 0.0.2: the same in binary form, with the algorithm's name.
    func hashedRekordV002() throws -> Parts {
        try demand(["hashedRekordV002"])
        let record = try object("hashedRekordV002")
        try record.demand(["data", "signature"])
        let signature = try record.object("signature")
        try signature.demand(["content", "verifier"])
        let verifier = try signature.object("verifier")
        let data = try record.object("data")
        return Parts(
            signature: try signature.bytes("content"),
            signer: try verifier.verifier(),
            algorithmName: try verifier.fields.string("keyDetails"),
            digest: try data.binaryDigest()
        )
    }

    /// `dsse` 0.0.1: the digest of a payload, and one signature with its PEM certificate or key. The digest
    /// of the envelope cannot be computed again: its spelling is not kept.
    func dsseV001() throws -> Parts {
        try demand(["envelopeHash", "payloadHash", "signatures"])
        _ = try hexDigest("envelopeHash")
        let signature = try only("signatures")
        try signature.demand(["signature", "verifier"])
        return Parts(
            signature: try signature.bytes("signature"),
            signer: try signature.pem("verifier"),
            digest: try hexDigest("payloadHash")
        )
    }

    /// `intoto` 0.0.2: an envelope, most often without its payload, with the signature in base64 twice; where
    /// that is not so, the signature is what it is in base64 once.
    func intotoV002() throws -> Parts {
        try demand(["content"])
        let content = try object("content")
        try content.demand(["envelope", "hash", "payloadHash"])
        _ = try content.hexDigest("hash")
        let digest = try content.hexDigest("payloadHash")
        let envelope = try content.object("envelope")
        try envelope.demand(["payloadType", "signatures"], optional: ["payload"])
        if envelope.fields.object["payload"] != nil {
            guard let payload = Base64.decode(try envelope.bytes("payload")),
                Digest.of(payload, by: digest.algorithm) == digest
            else { throw envelope.fields.wrong("payload", "the payload of that digest, in base64 twice") }
        }
        let signature = try envelope.only("signatures")
        try signature.demand(["publicKey", "sig"], optional: ["keyid"])
        let bytes = try signature.bytes("sig")
        return Parts(
            signature: Base64.decode(bytes) ?? bytes,
            signer: try signature.pem("publicKey"),
            digest: digest,
            payloadType: try envelope.fields.string("payloadType")
        )
    }
}

// MARK: - Members

extension LogEntryForm {
    /// Demands just these members.
    func demand(_ keys: [String], optional: [String] = []) throws {
        for key in fields.object.keys where !(keys + optional).contains(where: { ByteKey.areEqual($0, key) })
        {
            throw fields.wrong(key, "a member that is known")
        }
        for key in keys where fields.object[key] == nil {
            throw fields.wrong(key, "a member", found: "nothing")
        }
    }

    func object(_ key: String) throws -> LogEntryForm { LogEntryForm(try fields.fields(key)) }

    /// The one object in an array.
    func only(_ key: String) throws -> LogEntryForm {
        let elements = try fields.array(key)
        guard elements.count == 1 else { throw fields.wrong(key, "one element", found: "\(elements.count)") }
        return LogEntryForm(try JSONFields(elements[0], of: "\(fields.subject) `\(key)`"))
    }

    func bytes(_ key: String) throws -> [UInt8] {
        guard let bytes = Base64.decode(try fields.string(key)) else { throw fields.wrong(key, "base64") }
        return bytes
    }

    /// A PEM certificate or key in base64. There is just one: which of several signed would be a guess.
    func pem(_ key: String) throws -> LogEntryBody.Signer {
        let block = try PEMBlock.read(try bytes(key), "\(fields.subject) `\(key)`")
        return switch block.label {
        case "CERTIFICATE": .certificate(block.bytes)
        case "PUBLIC KEY": .key(block.bytes)
        default: throw fields.wrong(key, "a PEM certificate or public key", found: "`\(block.label)`")
        }
    }

    /// `verifier` of Rekor v2: just one of the two.
    private func verifier() throws -> LogEntryBody.Signer {
        try demand(["keyDetails"], optional: ["x509Certificate", "publicKey"])
        let isCertificate = fields.object["x509Certificate"] != nil
        guard isCertificate != (fields.object["publicKey"] != nil) else {
            throw fields.wrong("x509Certificate", "either it or `publicKey`")
        }
        let material = try object(isCertificate ? "x509Certificate" : "publicKey")
        try material.demand(["rawBytes"])
        let bytes = try material.bytes("rawBytes")
        return isCertificate ? .certificate(bytes) : .key(bytes)
    }

    /// `{algorithm, value}`, the value in hexadecimal digits.
    func hexDigest(_ key: String) throws -> Digest {
        let form = try object(key)
        try form.demand(["algorithm", "value"])
        let name = try form.fields.string("algorithm")
        let algorithm = Self.algorithms.first { ByteKey.areEqual($0.algorithm.rawValue, name) }?.algorithm
        guard let algorithm, let digest = Digest(algorithm, hex: try form.fields.string("value")) else {
            throw form.fields.wrong("value", "a digest by sha256, sha384 or sha512")
        }
        return digest
    }

    /// `{algorithm, digest}`, with the registry's name of the algorithm, in base64.
    private func binaryDigest() throws -> Digest {
        try demand(["algorithm", "digest"])
        let name = try fields.string("algorithm")
        let algorithm = Self.algorithms.first { ByteKey.areEqual($0.registered, name) }?.algorithm
        guard let algorithm, let digest = Digest(algorithm, bytes: try bytes("digest")) else {
            throw fields.wrong("digest", "a digest by SHA2_256, SHA2_384 or SHA2_512")
        }
        return digest
    }

    /// By the names of Sigstore's registry (`HashAlgorithm`, protobuf-specs). Not MD5, which `Digest` knows
    /// too.
    private static let algorithms: [(algorithm: DigestAlgorithm, registered: String)] = [
        (.sha256, "SHA2_256"), (.sha384, "SHA2_384"), (.sha512, "SHA2_512"),
    ]
}
