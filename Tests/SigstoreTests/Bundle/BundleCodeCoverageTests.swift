// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Sigstore
import TestSupport
import Testing
import TrustCore

/// For each code the smallest change of a good bundle that provokes it.
@Suite("Every refusal of a bundle's form has an input that provokes it")
struct BundleCodeCoverageTests {
    /// The path of the value that is changed, what it becomes, and the version of the bundle.
    typealias Change = (path: String, value: JSONValue?, version: String)

    @Test("Exactly this code", arguments: BundleCode.allCases)
    func code(_ code: BundleCode) throws {
        let changes = try #require(Self.table[code])
        for change in changes {
            let value = BundleSample.value(change.version).replacing(change.path, by: change.value)
            let found = refusalCode {
                try Bundle(
                    parsing: JSONWriter.encode(value),
                    allowing: code == .version ? [.v03] : [.v01, .v02, .v03]
                )
            }
            #expect(found == code.rawValue, "\(change.path)")
        }
    }

    @Test("Every code says what, why, and what to do", arguments: BundleCode.allCases)
    func entry(_ code: BundleCode) {
        #expect(code.defects(in: "bundle.").isEmpty)
    }

    private static let material = "verificationMaterial"
    private static let logEntry = "verificationMaterial.tlogEntries.0"
    private static let chain = "verificationMaterial.x509CertificateChain"
    private static let certificate: JSONValue = ["rawBytes": .string(BundleSample.intermediate)]
    private static let root: JSONValue = ["rawBytes": .string(BundleSample.root)]
    private static let signature: JSONValue = ["sig": "MEQC"]

    /// The numbers are those of Sigstore's list of what must fail.
    private static let table: [BundleCode: [Change]] = [
        .mediaType: [("mediaType", "application/vnd.dev.sigstore.bundle+json;version=99.9", "0.3")],  // 2
        .version: [("mediaType", .string(BundleSample.mediaTypes["0.2"] ?? ""), "0.3")],
        .unknownField: [
            ("x", 1, "0.3"), ("\(material).x", 1, "0.3"), ("\(logEntry).x", 1, "0.3"),
            ("\(logEntry).canonicalized_body", "e30=", "0.3"), ("\(logEntry).inclusionProof.x", 1, "0.3"),
            ("dsseEnvelope.x", .null, "0.3"), ("dsseEnvelope.signatures.0.x", 1, "0.3"),
            ("\(material).certificate.x", 1, "0.3"), ("\(chain).x", 1, "0.2"),
        ],
        .missingField: [
            ("mediaType", nil, "0.3"), (material, nil, "0.3"), (material, .null, "0.3"),
            ("\(material).certificate.rawBytes", "", "0.3"), ("\(logEntry).logId", nil, "0.3"),
            ("\(logEntry).logId.keyId", nil, "0.3"), ("\(logEntry).kindVersion.kind", nil, "0.3"),
            ("\(logEntry).kindVersion.version", "", "0.3"), ("\(logEntry).canonicalizedBody", nil, "0.3"),
            ("\(logEntry).inclusionProof.rootHash", nil, "0.3"),
            ("\(logEntry).inclusionProof.hashes.0", "", "0.3"),
            ("dsseEnvelope.payload", nil, "0.3"), ("dsseEnvelope.payloadType", nil, "0.3"),
            ("dsseEnvelope.signatures.0.sig", "", "0.3"),
            ("\(material).timestampVerificationData.rfc3161Timestamps.0.signedTimestamp", nil, "0.3"),
        ],
        // 5
        .base64: [
            ("dsseEnvelope.signatures.0.sig", "MEQC!", "0.3"), ("dsseEnvelope.payload", "e30", "0.3"),
            ("dsseEnvelope.payload", "e31=", "0.3"), ("dsseEnvelope.payload", "e30=\u{0}", "0.3"),
            ("dsseEnvelope.payload", "-_-_", "0.3"), ("\(logEntry).inclusionProof.hashes.1", "e 30=", "0.3"),
        ],
        .integer: [
            ("\(logEntry).logIndex", "-1", "0.3"), ("\(logEntry).inclusionProof.treeSize", -1, "0.1"),
        ],  // 6
        // 10
        .limit: [("\(logEntry).inclusionProof.hashes", .array(Array(repeating: "AAAA", count: 65)), "0.3")],
        .material: [
            ("\(material).certificate", nil, "0.3"), ("\(material).publicKey", ["hint": "a"], "0.3"),
            (chain, ["certificates": [certificate]], "0.3"),
        ],
        .certificateForm: [
            (material, [chainKey: ["certificates": [certificate]]], "0.3"),
            (material, ["certificate": certificate], "0.2"), (material, ["certificate": certificate], "0.1"),
        ],
        .emptyChain: [("\(chain).certificates", [], "0.1"), ("\(chain).certificates", nil, "0.2")],  // 3
        .rootCertificate: [("\(chain).certificates", [certificate, root], "0.1")],  // 4
        .content: [("messageSignature", BundleSample.message, "0.3"), ("dsseEnvelope", nil, "0.3")],  // 7
        // 8
        .signatureCount: [
            ("dsseEnvelope.signatures", [], "0.3"), ("dsseEnvelope.signatures", nil, "0.3"),
            ("dsseEnvelope.signatures", [signature, signature], "0.3"),
        ],
        .digest: [("messageSignature.messageDigest.digest", "AAAA", "message")],
        // 11
        .logPromise: [
            ("\(logEntry).inclusionPromise", nil, "0.1"),
            ("\(logEntry).inclusionPromise.signedEntryTimestamp", "", "0.1"),
        ],
        .inclusionProof: [
            ("\(logEntry).inclusionProof", nil, "0.2"), ("\(logEntry).inclusionProof", .null, "0.3"),
        ],
        .checkpoint: [
            ("\(logEntry).inclusionProof.checkpoint", nil, "0.1"),
            ("\(logEntry).inclusionProof.checkpoint", nil, "0.2"),
            ("\(logEntry).inclusionProof.checkpoint.envelope", "", "0.3"),
        ],
    ]

    private static let chainKey = "x509CertificateChain"

    @Test(
        "A digest is by a known hash function and of its length",
        arguments: [
            ("SHA3_256", BundleSample.digest), ("", BundleSample.digest), ("SHA2_512", BundleSample.digest),
            ("SHA2_256", "AAAA"), ("SHA2_256", ""), ("sha2_256", BundleSample.digest),
        ]
    )
    func digest(name: String, digest: String) {
        let message = BundleSample.message
            .replacing("messageDigest", by: ["algorithm": .string(name), "digest": .string(digest)])
        let value = BundleSample.value().replacing("dsseEnvelope", by: nil)
            .replacing("messageSignature", by: message)
        #expect(refusalCode { try Bundle(parsing: JSONWriter.encode(value)) } == "bundle.digest")
    }

    /// Sigstore's list of what must fail, 9.
    @Test("A key that is there twice is refused wherever it is")
    func duplicates() {
        let text = BundleSample.text()
        for key in ["mediaType", "certificate", "logIndex", "sig", "payload"] {
            let parts = text.split(separator: "\"\(key)\":", maxSplits: 1)
            let twice = "\(parts[0])\"\(key)\":1,\"\(key)\":\(parts[1])"
            #expect(refusalCode { try Bundle(parsing: Array(twice.utf8)) } == "json.duplicate-key", "\(key)")
        }
    }

    @Test(
        "A value of another type is refused",
        arguments: [
            "mediaType", "verificationMaterial", "verificationMaterial.tlogEntries",
            "verificationMaterial.tlogEntries.0", "verificationMaterial.tlogEntries.0.logIndex",
            "verificationMaterial.tlogEntries.0.logId", "dsseEnvelope",
            "dsseEnvelope.signatures", "dsseEnvelope.signatures.0", "dsseEnvelope.payload",
            "verificationMaterial.tlogEntries.0.inclusionProof.hashes.0",
        ]
    )
    func types(path: String) {
        let value = BundleSample.value().replacing(path, by: true)
        #expect(refusalCode { try Bundle(parsing: JSONWriter.encode(value)) } == "json.shape")
    }
}
