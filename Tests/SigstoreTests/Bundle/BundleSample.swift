// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// A small bundle as JSON, whole and well-formed, to change in tests. Nothing in it verifies.
enum BundleSample {
    static let mediaTypes = [
        "0.1": "application/vnd.dev.sigstore.bundle+json;version=0.1",
        "0.2": "application/vnd.dev.sigstore.bundle+json;version=0.2",
        "0.3": "application/vnd.dev.sigstore.bundle.v0.3+json",
    ]

    /// A certificate that issued itself; its key was thrown away.
    static let root =
        "MIIBkDCCATegAwIBAgIUaUfIqko1yRiLeofCJG2CvujmPtEwCgYIKoZIzj0EAwIwHjENMAsGA1UECgwEdGVzdDENMAsG"
        + "A1UEAwwEcm9vdDAeFw0yNjExMjExNjA1MDNaFw0zNjExMTgxNjA1MDNaMB4xDTALBgNVBAoMBHRlc3QxDTALBgNVBAMM"
        + "BHJvb3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARZsjIu5Xe8IJG1WKD+PtMBWyy9JVBJQGFNhpvE3t3F+R4miNzJ"
        + "3iYJ+WwYydFulFIWo04pmp7eSDC8Pg/qJpMso1MwUTAdBgNVHQ4EFgQU0Zt2hV/4A98B5L3taOIBBAYsIAUwHwYDVR0j"
        + "BBgwFoAU0Zt2hV/4A98B5L3taOIBBAYsIAUwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNHADBEAiB6YeXuKjNE"
        + "ZBCWIhXNfV/8Td+z4RwDDtcyetqSdGBoawIgQ+RrAKg/qyqkPSnk9sOCGxqPvAMxjfRIokd4OiRBCfQ="

    /// A certificate that the root issued.
    static let intermediate =
        "MIIBKzCB0gIBAjAKBggqhkjOPQQDAjAeMQ0wCwYDVQQKDAR0ZXN0MQ0wCwYDVQQDDARyb290MB4XDTI2MTEyMTE2MDUw"
        + "M1oXDTM2MTExODE2MDUwM1owJjENMAsGA1UECgwEdGVzdDEVMBMGA1UEAwwMaW50ZXJtZWRpYXRlMFkwEwYHKoZIzj0C"
        + "AQYIKoZIzj0DAQcDQgAEiKCYMLx3KkS1MoN0eg2p4dnEPeWe1K8G7N6l8bicSUu/VASwyF8VqDG6DGDX2b3Pr1k5+BFS"
        + "y66zNplOPDb5jTAKBggqhkjOPQQDAgNIADBFAiBdttRHd74Fepwg++8CdjDIl63fA8XDVEO9G2sNNtQl6gIhANG3BT5J"
        + "DpkCFqEHqnS4TGKVApvqVmhYSlsw9/zu9nkn"

    /// The digest of nothing, in base64.
    static let digest = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

    static let entry: JSONValue = [
        "logIndex": "7", "logId": ["keyId": "wNI9atQGlz+VWfO6LRygH4QUfY/8W4RFwiT5i5WRgB0="],
        "kindVersion": ["kind": "dsse", "version": "0.0.1"], "integratedTime": "1756728839",
        "inclusionPromise": ["signedEntryTimestamp": "MEYC"],
        "inclusionProof": [
            "logIndex": "3", "rootHash": .string(digest), "treeSize": "4",
            "hashes": [.string(digest), .string(digest)],
            "checkpoint": ["envelope": "log.test - 1\n4\nroot\n\n— log.test AAAA\n"],
        ],
        "canonicalizedBody": "e30=",
    ]

    static let envelope: JSONValue = [
        "payload": "e30=", "payloadType": "application/vnd.in-toto+json", "signatures": [["sig": "MEQC"]],
    ]

    static let message: JSONValue = [
        "messageDigest": ["algorithm": "SHA2_256", "digest": .string(digest)], "signature": "MEQC",
    ]

    /// A bundle of an envelope; `message` for one of version 0.3 of a signature alone.
    static func value(_ version: String = "0.3") -> JSONValue {
        if version == "message" {
            return value("0.3").replacing("dsseEnvelope", by: nil).replacing("messageSignature", by: message)
        }
        let certificate: (String, JSONValue) =
            version == "0.3"
            ? ("certificate", ["rawBytes": .string(intermediate)])
            : ("x509CertificateChain", ["certificates": [["rawBytes": .string(intermediate)]]])
        var material = JSONObject()
        material[certificate.0] = certificate.1
        material["tlogEntries"] = [entry]
        material["timestampVerificationData"] = ["rfc3161Timestamps": [["signedTimestamp": "MIIE"]]]
        return [
            "mediaType": .string(mediaTypes[version] ?? ""), "verificationMaterial": .object(material),
            "dsseEnvelope": envelope,
        ]
    }

    static func text(_ version: String = "0.3") -> String {
        String(decoding: JSONWriter.encode(value(version)), as: UTF8.self)
    }
}

extension JSONValue {
    /// The value with one inside it replaced, added, or (with nil) left out. Names in the path are keys,
    /// numbers positions.
    func replacing(_ path: String, by value: JSONValue?) -> JSONValue {
        replacing(path.split(separator: ".").map(String.init)[...], by: value)
    }

    private func replacing(_ path: ArraySlice<String>, by value: JSONValue?) -> JSONValue {
        guard let key = path.first else { return value ?? .null }
        let rest = path.dropFirst()
        switch self {
        case .object(var object):
            let inner = object[key] ?? .object(JSONObject())
            object[key] = rest.isEmpty ? value : inner.replacing(rest, by: value)
            return .object(object)
        case .array(var elements):
            guard let at = Int(key), elements.indices.contains(at) else { return self }
            elements[at] = elements[at].replacing(rest, by: value)
            return .array(elements)
        default: return self
        }
    }
}
