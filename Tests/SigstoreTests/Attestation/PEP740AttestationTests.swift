// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Sigstore
import TestSupport
import Testing
import TrustCore

@Suite("An attestation of a Python distribution (PEP 740)")
struct PEP740AttestationTests {
    private static let value: JSONValue = [
        "version": 1,
        "verification_material": [
            "certificate": .string(BundleSample.intermediate), "transparency_entries": [BundleSample.entry],
        ],
        "envelope": ["statement": "e30=", "signature": "MEQC"],
    ]

    @Test("It is the same as a bundle")
    func bundle() throws {
        let bundle = try PEP740Attestation(parsing: JSONWriter.encode(Self.value)).bundle
        let expected = BundleSample.value().replacing(
            "verificationMaterial.timestampVerificationData",
            by: [:]
        )
        #expect(try JSONReader.read(bundle.encoded(), of: "bundle") == expected)
        let provenance: JSONValue = [
            "version": 1,
            "attestation_bundles": [
                ["publisher": ["kind": "GitHub"], "attestations": [Self.value, Self.value]],
                ["publisher": ["kind": "GitLab"], "attestations": [Self.value]],
            ],
        ]
        #expect(try PEP740Attestation.all(inProvenance: JSONWriter.encode(provenance)).count == 3)
    }

    @Test(
        "It keeps the rules of bundles",
        arguments: [
            ("version", nil, "attestation.pep740-version"), ("version", 2, "attestation.pep740-version"),
            ("x", 1, "bundle.unknown-field"), ("envelope", nil, "bundle.missing-field"),
            ("envelope.statement", "e30", "bundle.base64"),
            ("envelope.signature", nil, "bundle.missing-field"),
            ("verification_material.certificate", nil, "bundle.missing-field"),
            ("verification_material.transparency_entries.0.logIndex", -1, "bundle.integer"),
            ("verification_material.transparency_entries.0.inclusionProof", nil, "bundle.inclusion-proof"),
            (
                "verification_material.transparency_entries.0.inclusionProof.checkpoint", nil,
                "bundle.checkpoint"
            ),
        ] as [(String, JSONValue?, String)]
    )
    func rules(path: String, value: JSONValue?, code: String) {
        let changed = JSONWriter.encode(Self.value.replacing(path, by: value))
        #expect(refusalCode { try PEP740Attestation(parsing: changed) } == code)
    }
}
