// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import SigningKeys
internal import Sigstore
internal import TrustCore

/// The server's own word that it accepted a file: which bytes, from whom, when, and as which entry of the
/// publish log.
///
/// An in-toto statement in a DSSE envelope, signed by the channel's online keys, and served as
/// `FILE.kingsnake.dsse.json`. Its type is one of our own, and it is never among a package's attestations: a
/// verifier that asks for any attestation of a publisher must not take the server's for one.
struct CounterStatement: Sendable {
    /// What is said: the predicate's type.
    static let predicateType = "urn:kingsnake:acceptance:v1"

    /// The statement, as it is signed.
    let payload: [UInt8]

    /// Says it of a file.
    ///
    /// - Parameter channelURL: the channel, as others know it.
    init(of file: HostedFile, channelURL: String) {
        var publisher = JSONObject()
        publisher["issuer"] = file.publisher.issuer.map { .string($0) }
        publisher["kind"] = .string(file.publisher.kind.rawValue)
        publisher["name"] = .string(file.publisher.name)
        var predicate = JSONObject()
        predicate["accepted"] = .string(
            Timestamp(seconds: Int64(clamping: file.acceptedAt / 1000)).description
        )
        predicate["attestations_sha256"] = file.attestations.map { .string($0.hex) }
        predicate["channel"] = .string(channelURL)
        predicate["log_index"] = .number(JSONNumber(file.logIndex))
        predicate["publisher"] = .object(publisher)
        predicate["size"] = .number(JSONNumber(Int64(clamping: file.size)))
        predicate["subdir"] = .string(file.subdir.text)
        let statement: JSONValue = [
            "_type": .string(Statement.type),
            "predicate": .object(predicate),
            "predicateType": .string(Self.predicateType),
            "subject": [
                ["digest": ["sha256": .string(file.sha256.hex)], "name": .string(file.fileName.text)]
            ],
        ]
        payload = JSONWriter.encode(statement)
    }

    /// The envelope, signed by each signer.
    func envelope(by signers: [any Signer]) async throws -> [UInt8] {
        let type = Statement.payloadType
        let encoded = DSSE.preAuthenticationEncoding(payloadType: type, payload: payload)
        var signatures: [JSONValue] = []
        for signer in signers {
            signatures.append([
                "keyid": .string(signer.publicKey.fingerprint.hex),
                "sig": .string(Base64.text(try await signer.sign(encoded))),
            ])
        }
        return JSONWriter.encode([
            "payload": .string(Base64.text(payload)), "payloadType": .string(type),
            "signatures": .array(signatures),
        ])
    }

    /// The file that a file's statement is served as.
    static func fileName(of file: ArchiveFileName) -> String { "\(file.text).kingsnake.dsse.json" }

    /// The document of a file's statement.
    static func document(of file: HostedFile, blob: Digest, size: Int, now: Timestamp) -> HostedDocument {
        HostedDocument(
            scope: .channel(file.channel),
            path: ChannelLayout.file(fileName(of: file.fileName), in: file.subdir),
            blob: blob,
            size: UInt64(size),
            mediaType: "application/json",
            isImmutable: false,
            modified: now
        )
    }
}
