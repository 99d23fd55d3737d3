// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import SigningKeys
import Sigstore
import TestSupport
import Testing
import TrustCore

@Suite(
    "Real entries in real logs",
    .enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence))
)
struct RealLogEntriesTests {
    static let cases = "sigstore/conformance/bundle-verify"
    static let production = "sigstore/trust/production-embedded-4.5.1/trusted_root.json"
    static let staging = "sigstore/trust/staging-embedded-4.5.1/trusted_root.json"

    /// What is wrong with the log entries of the conformance suite's cases; the entries of all others are
    /// good, and those that must fail do so elsewhere. `unreadable` are bundles and roots that never get
    /// here.
    static let refusals = [
        "bundle-empty-certificate-chain_fail": "unreadable",
        "bundle-from-wrong-instance_fail": "log.unknown-log",
        "bundle-invalid-base64-signature_fail": "unreadable",
        "bundle-malformed-json_fail": "unreadable",
        "bundle-negative-log-index_fail": "log.body",
        "bundle-unknown-version_fail": "unreadable",
        "checkpoint-bad-keyhint_fail": "note.signer-key",
        "checkpoint-wrong-roothash_fail": "log.checkpoint-size",
        "dsse-invalid-sig_fail": "log.signature",
        "dsse-mismatch-envelope_fail": "log.digest",
        "dsse-mismatch-sig_fail": "log.signature",
        "inclusion-proof-corrupted-hash_fail": "merkle.root",
        "incorrect-public-key_fail": "merkle.root",
        "intoto-log-entry-mismatch_fail": "log.signature",
        "intoto-missing-inclusion-proof_fail": "log.proof-missing",
        "invalid-checkpoint-signature_fail": "note.signature",
        "invalid-inclusion-proof_fail": "log.checkpoint-missing",
        "managed-key-no-key_fail": "unreadable",
        "managed-key-wrong-key_fail": "unreadable",
        "rekor2-checkpoint-missing-log-signature_fail": "note.unsigned",
        "rekor2-checkpoint-missing-origin_fail": "note.checkpoint-origin",
        "rekor2-checkpoint-missing-root-hash_fail": "note.checkpoint-root",
        "rekor2-checkpoint-missing-size_fail": "note.checkpoint-size",
        "rekor2-checkpoint-no-matching-signature_fail": "note.signer-name",
        "rekor2-dsse-invalid-sig_fail": "log.signature",
        "rekor2-dsse-mismatch-envelope_fail": "log.digest",
        "rekor2-dsse-mismatch-sig_fail": "log.signature",
        "rekor2-no-inclusion-proof_fail": "log.proof-missing",
        "rekor2-no-timestamp_fail": "log.timestamp-required",
        "set-invalid-signature_fail": "log.promise",
        "signature-mismatch_fail": "log.signature",
        "trust-root-tlog-missing-validity-start_fail": "unreadable",
        "wrong-hashedrekord-artifact_fail": "log.digest",
        "wrong-hashedrekord-cert-and-sig_fail": "log.signer",
        "wrong-hashedrekord-entry_fail": "log.digest",
        "wrong-material_fail": "log.digest",
    ]

    private static func has(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: SharedData.root + "/" + path)
    }

    private static func digest(_ path: String) throws -> Digest { Digest.of(try SharedData.bytes(path)) }

    private static func json(_ path: String) throws -> JSONValue {
        try JSONReader.read(try SharedData.bytes(path), of: path)
    }

    private static func outcome(_ name: String) -> String? {
        let folder = "\(cases)/\(name)"
        let read: (bundle: RealLogBundle, root: TrustedRoot)
        do {
            let artifact = has(folder + "/artifact") ? folder + "/artifact" : cases + "/../a.txt"
            let path = folder + "/key.pub"
            let key =
                has(path)
                ? try VerificationKey(pem: String(decoding: SharedData.bytes(path), as: UTF8.self)) : nil
            let own = folder + "/trusted_root.json"
            read = (
                try RealLogBundle(
                    json(folder + "/bundle.sigstore.json"),
                    artifact: digest(has(artifact) ? artifact : cases + "/a.txt"),
                    key: key
                ),
                try TrustedRoot(realLogs: has(own) ? own : production)
            )
        } catch {
            return "unreadable"
        }
        return refusalCode { try read.bundle.verify(read.root) }
    }

    @Test("The entry of each case of the conformance suite is verified, or refused for the expected reason")
    func conformance() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: SharedData.root + "/" + Self.cases)
            .filter { Self.has("\(Self.cases)/\($0)/bundle.sigstore.json") }.sorted()
        #expect(names.count == 70)
        for name in names {
            #expect(Self.outcome(name) == Self.refusals[name], "\(name)")
        }
    }

    @Test(
        "The entries of real conda packages are verified",
        arguments: [
            ("conda-attestation.sigstore.json", production, LogEntryKind.dsseV001, 456_119_071, 0),
            ("conda-attestation-rekor2.sigstore.json", staging, .hashedRekordV002, 4_197_416, 3),
            ("prefix-actionlint.v0.sigs", production, .dsseV001, 1_202_156_555, 0),
        ]
    )
    func conda(_ name: String, _ root: String, _ kind: LogEntryKind, _ index: Int64, _ witnesses: Int) throws
    {
        let json = try Self.json("sigstore/conda/" + name)
        let bundle = try RealLogBundle(json.array?.first ?? json, artifact: Digest.of([]))
        let entry = try #require(bundle.verify(try TrustedRoot(realLogs: root)).entries.first)
        #expect(entry.kind == kind)
        #expect(entry.logIndex == index)
        #expect((entry.integratedTime == nil) == (kind == .hashedRekordV002))
        #expect(entry.cosignatures.count == witnesses)
        #expect(entry.cosignatures.allSatisfy { Cosignature($0.bytes)?.time.seconds ?? 0 > 1_700_000_000 })
        #expect(
            refusalCode {
                try bundle.verify(
                    TrustedRoot(realLogs: root == Self.production ? Self.staging : Self.production)
                )
            } == "log.unknown-log"
        )
    }

    @Test("The attestations that PyPI serves keep their log entries, and they are verified")
    func pypi() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: SharedData.root + "/sigstore/pypi")
            .sorted()
        var count = 0
        for file in files where file.hasSuffix("attestation") || file.hasSuffix(".provenance") {
            let fields = try JSONFields(try Self.json("sigstore/pypi/" + file), of: file)
            let attestations =
                fields.object["attestation_bundles"] == nil
                ? [.object(fields.object)]
                : try fields.array("attestation_bundles").flatMap {
                    try JSONFields($0, of: file).array("attestations")
                }
            for attestation in attestations {
                let bundle = try RealLogBundle(attestation: attestation)
                let isVerified = [Self.production, Self.staging].map { root in
                    refusalCode { try bundle.verify(TrustedRoot(realLogs: root)) } == nil
                }
                // By one instance's logs, and not by the other's.
                #expect(isVerified.count { $0 } == 1, "\(file)")
                count += 1
            }
        }
        #expect(count == 6)
    }

    @Test("The checkpoints' names, sizes and keys are those that the logs are known for")
    func checkpoint() throws {
        let bundle = try RealLogBundle(
            Self.json("sigstore/conda/conda-attestation.sigstore.json"),
            artifact: Digest.of([])
        )
        let entry = try #require(bundle.verify(try TrustedRoot(realLogs: Self.production)).entries.first)
        #expect(entry.checkpoint?.origin == "rekor.sigstore.dev - 1193050959916656506")
        #expect(entry.checkpoint?.size == 334_214_816)
        #expect(entry.integratedTime == Moment(Timestamp(seconds: 1_756_728_839)))
    }
}
