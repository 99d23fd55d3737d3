// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TrustCore

/// Puts signatures into a transparency log of the first generation (Rekor v1).
struct RekorV1Client: Sendable {
    private static let path = "/api/v1/log/entries"
    private let service: SigningService

    init(_ service: SigningConfig.Service, _ caller: any ServiceCaller) {
        self.service = SigningService("the transparency log", at: service, by: caller)
    }

    /// Logs a signature, for everybody to see, and answers what a bundle shows of it.
    ///
    /// That the entry is about this signature, and really in the log, is for the verifier of the bundle to say.
    func add(_ bundle: Bundle, _ signed: LoggedSignature) async throws -> LogEntry {
        let response = try await service.post(
            Self.path,
            JSONWriter.encode(Self.proposal(bundle, signed)),
            accepting: [409]
        )
        guard response.status == 409 else { return try entry(in: response) }
        // The log has it already: an earlier attempt arrived, and its answer did not.
        return try await entry(in: service.get("\(Self.path)/\(identifier(in: response))"))
    }

    /// What the log is asked to take in. The kinds are those that CEP 27 and the client specification recommend.
    static func proposal(_ bundle: Bundle, _ signed: LoggedSignature) -> JSONValue {
        let signer = JSONValue.string(Base64.text(pem(signed.signer)))
        switch bundle.content {
        case .message(let signature, let digest):
            var hash = JSONObject()
            hash["algorithm"] = digest.map { .string($0.algorithm.rawValue) }
            hash["value"] = digest.map { .string($0.hex) }
            return [
                "apiVersion": "0.0.1", "kind": "hashedrekord",
                "spec": [
                    "data": ["hash": .object(hash)],
                    "signature": [
                        "content": .string(Base64.text(signature)), "publicKey": ["content": signer],
                    ],
                ],
            ]
        case .envelope(let envelope):
            let text = String(decoding: JSONWriter.encode(envelope.encodedValue()), as: UTF8.self)
            return [
                "apiVersion": "0.0.1", "kind": "dsse",
                "spec": ["proposedContent": ["envelope": .string(text), "verifiers": [signer]]],
            ]
        }
    }

    private static func pem(_ signer: LoggedSignature.Signer) -> [UInt8] {
        switch signer {
        case .certificate(let der, _): Array(PEMBlock.write(label: "CERTIFICATE", der).utf8)
        case .key(let key): Array(PEMBlock.write(label: "PUBLIC KEY", key.subjectPublicKeyInfo).utf8)
        }
    }

    /// The entry's name, at the end of the address that the log gives: the tree's number and the hash of the leaf, or the
    /// hash alone.
    private func identifier(in response: ServiceResponse) throws -> String {
        let location = response.headers.first { $0.name.lowercased() == "location" }?.value ?? ""
        let name = Array(location.utf8).split(separator: UInt8(ascii: "/")).last ?? []
        guard name.count == 64 || name.count == 80, Hex.decode(name) != nil else {
            throw service.wrong("the address of the entry that it has", found: Printable.text(location))
        }
        return String(decoding: name, as: UTF8.self)
    }
}

// MARK: - The answer

extension RekorV1Client {
    private func entry(in response: ServiceResponse) throws -> LogEntry {
        try service.reading {
            let value = try JSONReader.read(response.body, of: service.what, limits: BundleLimits.json)
            guard let members = value.object?.members, members.count == 1, let only = members.first else {
                throw service.wrong("one entry", found: value.object.map { "\($0.count)" } ?? value.typeName)
            }
            let fields = try SigningService.Fields(only.value, of: service.what)
            let body = try fields.requiredBytes("body", atMost: LogEntryBody.maximumLength)
            let said = try JSONFields(
                JSONReader.read(body, of: LogEntryBody.subject, limits: BundleLimits.json),
                of: LogEntryBody.subject
            )
            let verification = try fields.requiredFields("verification")
            return LogEntry(
                logIndex: try fields.integer("logIndex"),
                logID: try hex(fields.requiredString("logID")),
                kind: try said.string("kind"),
                version: try said.string("apiVersion"),
                integratedTime: try fields.integer("integratedTime"),
                signedEntryTimestamp: try verification.requiredBytes("signedEntryTimestamp"),
                inclusionProof: try proof(verification.requiredFields("inclusionProof")),
                canonicalizedBody: body
            )
        }
    }

    private func proof(_ fields: SigningService.Fields) throws -> LogEntry.InclusionProof {
        LogEntry.InclusionProof(
            logIndex: try fields.integer("logIndex"),
            treeSize: try fields.integer("treeSize"),
            rootHash: try hex(fields.requiredString("rootHash")),
            hashes: try fields.list("hashes", atMost: BundleLimits.proofHashes).map { value in
                guard let text = value.string else { throw service.wrong("hashes", found: value.typeName) }
                return try hex(text)
            },
            checkpoint: try fields.requiredString("checkpoint")
        )
    }

    private func hex(_ text: String) throws -> [UInt8] {
        guard let bytes = Hex.decode(text), !bytes.isEmpty else {
            throw service.wrong("hexadecimal digits", found: "`\(Printable.text(text))`")
        }
        return bytes
    }
}
