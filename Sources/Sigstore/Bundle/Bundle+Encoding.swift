// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
package import TrustCore

extension Bundle {
    /// The bundle in JSON, in the version that it has, as other clients write it: what is parsed again is
    /// equal.
    ///
    /// Version 0.3 has no place for the certificates that came beside the signer's; they are left out.
    public func encoded() -> [UInt8] { JSONWriter.encode(encodedValue()) }

    /// The bundle as a JSON value.
    func encodedValue() -> JSONValue {
        var evidence = JSONObject()
        switch material {
        case .publicKey(let hint): evidence["publicKey"] = ["hint": .string(hint)]
        case .certificate(let signer, _) where version == .v03:
            evidence["certificate"] = ["rawBytes": Self.base64(signer)]
        case .certificate(let signer, let others):
            let chain = ([signer] + others).map { JSONValue.object(rawBytes: $0) }
            evidence["x509CertificateChain"] = ["certificates": .array(chain)]
        }
        evidence["tlogEntries"] = .array(logEntries.map { $0.encodedValue() })
        evidence["timestampVerificationData"] =
            timestamps.isEmpty
            ? .object(JSONObject())
            : [
                "rfc3161Timestamps": .array(
                    timestamps.map { ["signedTimestamp": Self.base64($0)] }
                )
            ]
        var bundle = JSONObject()
        bundle["mediaType"] = .string(Self.mediaType(of: version))
        bundle["verificationMaterial"] = .object(evidence)
        switch content {
        case .message(let signature, let digest):
            var message = JSONObject()
            if let digest { message["messageDigest"] = Self.value(of: digest) }
            message["signature"] = Self.base64(signature)
            bundle["messageSignature"] = .object(message)
        case .envelope(let envelope): bundle["dsseEnvelope"] = envelope.encodedValue()
        }
        return .object(bundle)
    }

    /// Nil for a hash function that the format has no name for.
    private static func value(of digest: Digest) -> JSONValue? {
        digestNames.first { $0.algorithm == digest.algorithm }.map {
            ["algorithm": .string($0.text), "digest": base64(digest.bytes)]
        }
    }

    fileprivate static func base64(_ bytes: [UInt8]) -> JSONValue {
        .string(Base64.text(bytes))
    }
}

extension JSONValue {
    fileprivate static func object(rawBytes: [UInt8]) -> JSONValue { ["rawBytes": Bundle.base64(rawBytes)] }
}

extension Bundle.Envelope {
    fileprivate func encodedValue() -> JSONValue {
        var entry = JSONObject()
        entry["sig"] = Bundle.base64(signature)
        if !keyID.utf8.isEmpty { entry["keyid"] = .string(keyID) }
        return [
            "payload": Bundle.base64(payload), "payloadType": .string(payloadType),
            "signatures": [.object(entry)],
        ]
    }
}

extension LogEntry {
    /// The entry as bundles carry it.
    package func encodedValue() -> JSONValue {
        var entry = JSONObject()
        entry["logIndex"] = .string(String(logIndex))
        entry["logId"] = ["keyId": Bundle.base64(logID)]
        entry["kindVersion"] = ["kind": .string(kind), "version": .string(version)]
        // Logs of the second generation do not say when: 0 stands for that, and is not written.
        if integratedTime != 0 { entry["integratedTime"] = .string(String(integratedTime)) }
        if let signedEntryTimestamp {
            entry["inclusionPromise"] = ["signedEntryTimestamp": Bundle.base64(signedEntryTimestamp)]
        }
        if let proof = inclusionProof {
            entry["inclusionProof"] = [
                "logIndex": .string(String(proof.logIndex)), "rootHash": Bundle.base64(proof.rootHash),
                "treeSize": .string(String(proof.treeSize)),
                "hashes": .array(proof.hashes.map(Bundle.base64)),
                "checkpoint": ["envelope": .string(proof.checkpoint)],
            ]
        }
        entry["canonicalizedBody"] = Bundle.base64(canonicalizedBody)
        return .object(entry)
    }
}
