// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Sigstore
import TrustCore

extension Fuzzer {
    /// A Sigstore bundle, as such and as a Python distribution's attestation: what is accepted is bounded,
    /// and survives being written.
    static let bundles = Fuzzer("bundle") { bytes in
        if let bundle = try Finding.accepted({ try Bundle(parsing: bytes, allowing: [.v01, .v02, .v03]) }) {
            check(bundle)
        }
        if let attestation = try Finding.accepted({ try PEP740Attestation(parsing: bytes) }) {
            check(attestation.bundle)
        }
        if let all = try Finding.accepted({ try PEP740Attestation.all(inProvenance: bytes) }) {
            for attestation in all { check(attestation.bundle) }
        }
    }

    private static func check(_ bundle: Bundle) {
        Finding.unless(!bundle.signature.isEmpty, "an empty signature")
        Finding.unless(bundle.logEntries.count <= 32 && bundle.timestamps.count <= 32, "too many parts")
        for entry in bundle.logEntries {
            Finding.unless(entry.logIndex >= 0 && entry.integratedTime >= 0, "a negative number")
            Finding.unless(!entry.logID.isEmpty && !entry.canonicalizedBody.isEmpty, "an empty part")
            if bundle.version == .v01 {
                Finding.unless(entry.signedEntryTimestamp != nil, "an entry without a promise")
            } else {
                Finding.unless(entry.inclusionProof != nil, "an entry without a proof")
            }
            guard let proof = entry.inclusionProof else { continue }
            Finding.unless(proof.logIndex >= 0 && proof.treeSize >= 0, "a negative number")
            Finding.unless(
                proof.hashes.count <= 64 && !proof.checkpoint.utf8.isEmpty,
                "a proof of no checkpoint"
            )
        }
        if case .certificate(_, let others) = bundle.material {
            Finding.unless(others.isEmpty || bundle.version < .v03, "a chain in version 0.3")
        }
        let written = bundle.encoded()
        let again = Finding.ifRefused("what we write is refused") {
            try Bundle(parsing: written, allowing: [bundle.version])
        }
        Finding.unlessEqual(again.encoded(), written, "what is written the second time")
    }
}
