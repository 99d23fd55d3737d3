// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import SigningKeys
package import Sigstore
package import TrustCore

/// The log as a service (Rekor's API, version 1). It takes in what verifies, once.
extension SimulatedRekorV1 {
    private static let entries = "/api/v1/log/entries"

    /// Answers a request, and takes in what it asks to.
    package mutating func answer(_ request: LoopbackRequest, at now: Timestamp) throws -> ServerBehaviour {
        switch (request.method, request.path) {
        case ("POST", Self.entries): return try add(JSONFields(request: request.body), at: now)
        case ("POST", Self.entries + "/retrieve"):
            let proposed = try JSONFields(request: request.body).array("entries")
            let found = try proposed.compactMap { value in
                try index(of: Self.body(JSONFields(value, of: "entry")).bytes).flatMap(described)
            }
            return .json(.array(found))
        case ("GET", Self.entries): return try shown(Self.query(request.target)["logIndex"])
        case ("GET", "/api/v1/log"):
            return .json([
                "rootHash": .string(Hex.encode(tree.root)),
                "treeSize": .init(integerLiteral: Int64(tree.count)),
                "signedTreeHead": .string(String(decoding: try checkpoint().encoded(), as: UTF8.self)),
                "treeID": .string("\(treeID)"), "inactiveShards": [],
            ])
        case ("GET", "/api/v1/log/publicKey"):
            let pem = PEMBlock.write(label: "PUBLIC KEY", key.publicKey.subjectPublicKeyInfo)
            return .bytes(Array(pem.utf8), "application/x-pem-file")
        case ("GET", let path) where path.hasPrefix(Self.entries + "/"):
            let name = String(path.dropFirst(Self.entries.count + 1))
            guard let index = try (0..<Int64(tree.count)).first(where: { try uuid($0) == name }),
                let entry = try described(index)
            else { throw SimulatedServiceRefusal(404, "entry does not exist") }
            return .json(entry)
        default: throw SimulatedServiceRefusal(404, "path \(request.path) was not found")
        }
    }

    private mutating func add(_ proposed: JSONFields, at now: Timestamp) throws -> ServerBehaviour {
        let body = try Self.body(proposed)
        if let index = index(of: body.bytes) {
            let uuid = try uuid(index)
            return .json(
                [
                    "code": 409,
                    "message": .string(
                        "an equivalent entry already exists in the transparency log with UUID \(uuid)"
                    ),
                ],
                status: 409,
                headers: [("Location", "\(Self.entries)/\(uuid)")]
            )
        }
        _ = try add(body, at: now)
        let index = Int64(tree.count - 1)
        guard let entry = try described(index) else { throw SimulatedServiceRefusal(500, "no entry") }
        let uuid = try uuid(index)
        return .json(
            entry,
            status: 201,
            headers: [("Location", "\(Self.entries)/\(uuid)"), ("ETag", "\"\(uuid)\"")]
        )
    }

    private func shown(_ text: String?) throws -> ServerBehaviour {
        guard let number = text.flatMap({ Int64($0) }), let entry = try described(number - earlierEntries)
        else {
            throw SimulatedServiceRefusal(404, "entry does not exist")
        }
        return .json(entry)
    }

    private static func query(_ target: String) -> [String: String] {
        let pairs = target.split(separator: "?").dropFirst().joined().split(separator: "&")
        let parts = pairs.map { $0.split(separator: "=", maxSplits: 1).map { String($0) } }
        return Dictionary(parts.filter { $0.count == 2 }.map { ($0[0], $0[1]) }) { first, _ in first }
    }

    /// The number of the tree and the hash of the leaf.
    private func uuid(_ index: Int64) throws -> String {
        guard let entry = try entry(at: index) else { return "" }
        let digits = String(treeID, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
            + Hex.encode(MerkleHash.leaf(entry.canonicalizedBody))
    }

    private func described(_ index: Int64) throws -> JSONValue? {
        try entry(at: index).flatMap { Self.answer($0, named: try uuid(index)) }
    }

    /// An entry as the log answers it; nil without a proof.
    package static func answer(_ entry: LogEntry, named name: String) -> JSONValue? {
        guard let proof = entry.inclusionProof else { return nil }
        var answer = JSONObject()
        answer[name] = [
            "body": .string(Base64.text(entry.canonicalizedBody)),
            "integratedTime": .init(integerLiteral: entry.integratedTime),
            "logID": .string(Hex.encode(entry.logID)),
            "logIndex": .init(integerLiteral: entry.logIndex),
            "verification": [
                "inclusionProof": [
                    "checkpoint": .string(proof.checkpoint),
                    "hashes": .array(proof.hashes.map { .string(Hex.encode($0)) }),
                    "logIndex": .init(integerLiteral: proof.logIndex),
                    "rootHash": .string(Hex.encode(proof.rootHash)),
                    "treeSize": .init(integerLiteral: proof.treeSize),
                ],
                "signedEntryTimestamp": .string(Base64.text(entry.signedEntryTimestamp ?? [])),
            ],
        ]
        return .object(answer)
    }
}

// MARK: - What is proposed

extension SimulatedRekorV1 {
    /// What it stores for a proposed entry, whose signature is verified.
    private static func body(_ proposed: JSONFields) throws -> SimulatedLogBody {
        let spec = try proposed.fields("spec")
        switch (try proposed.string("kind"), try proposed.string("apiVersion")) {
        case ("hashedrekord", "0.0.1"): return try hashed(spec)
        case ("dsse", "0.0.1"): return try enveloped(spec.fields("proposedContent"))
        default: throw SimulatedServiceRefusal(400, "entry kind or version not supported")
        }
    }

    private static func hashed(_ spec: JSONFields) throws -> SimulatedLogBody {
        let hash = try spec.fields("data").fields("hash")
        let signature = try spec.fields("signature")
        let name = try hash.string("algorithm")
        let signer = try LoggedSignature.Signer(pem: signature.fields("publicKey").bytes("content"))
        guard let algorithm = DigestAlgorithm(rawValue: name),
            let digest = Digest(algorithm, hex: try hash.string("value")),
            signer.key.isValid(signature: try signature.bytes("content"), for: digest)
        else { throw SimulatedServiceRefusal(400, "verifying signature: invalid signature") }
        let signed = LoggedSignature(
            signature: try signature.bytes("content"),
            signer: signer,
            content: .message(digests: [digest])
        )
        return try SimulatedLogBody(signed, as: .hashedRekordV001)
    }

    private static func enveloped(_ content: JSONFields) throws -> SimulatedLogBody {
        let text = Array(try content.string("envelope").utf8)
        let envelope = try JSONFields(JSONReader.read(text, of: "envelope"), of: "envelope")
        let verifiers = try content.strings("verifiers"), signatures = try envelope.array("signatures")
        guard verifiers.count == 1, signatures.count == 1, let pem = Base64.decode(verifiers[0]) else {
            throw SimulatedServiceRefusal(400, "all signatures must have a key that verifies it")
        }
        let signed = LoggedSignature(
            signature: try JSONFields(signatures[0], of: "signature").bytes("sig"),
            signer: try LoggedSignature.Signer(pem: pem),
            content: .envelope(
                payload: try envelope.bytes("payload"),
                payloadType: try envelope.string("payloadType")
            )
        )
        let encoded = DSSE.preAuthenticationEncoding(
            payloadType: try envelope.string("payloadType"),
            payload: try envelope.bytes("payload")
        )
        guard signed.signer.key.isValid(signature: signed.signature, for: encoded) else {
            throw SimulatedServiceRefusal(400, "could not verify envelope")
        }
        return try SimulatedLogBody(signed, as: .dsseV001, envelope: text)
    }
}

extension LoggedSignature.Signer {
    /// Reads a certificate or a public key in PEM.
    init(pem text: [UInt8]) throws {
        let block = try PEMBlock.read(text, "verifier")
        self =
            switch block.label {
            case "CERTIFICATE":
                .certificate(block.bytes, key: try SigningCertificate(der: block.bytes).publicKey)
            default: .key(try VerificationKey(subjectPublicKeyInfo: block.bytes))
            }
    }
}
