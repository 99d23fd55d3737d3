// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import SigningKeys
import Sigstore
import TestSupport
import Testing
import TrustCore

/// Bundles, trust roots and attestations that others made.
@Suite(
    "Bundles that others made",
    .enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence))
)
struct RealBundleTests {
    // Foundation has a type of this name too.
    private typealias Bundle = Sigstore.Bundle

    private static let conformance = "sigstore/conformance/bundle-verify"
    private static let all = Set(Bundle.Version.allCases)

    /// The cases of sigstore-conformance whose bundle is refused for its form. All others are well-formed,
    /// and fail, if they must, by what they say.
    private static let refused = [
        "bundle-empty-certificate-chain_fail": "bundle.empty-chain",
        "bundle-invalid-base64-signature_fail": "bundle.base64",
        "bundle-malformed-json_fail": "json.syntax",
        "bundle-negative-log-index_fail": "bundle.integer",
        "bundle-unknown-version_fail": "bundle.media-type",
        "bundle-with-root-cert_fail": "bundle.root-certificate",
        "intoto-missing-inclusion-proof_fail": "bundle.inclusion-proof",
        "invalid-inclusion-proof_fail": "bundle.checkpoint",
        "rekor2-no-inclusion-proof_fail": "bundle.inclusion-proof",
    ]

    private static func folders(_ path: String) -> [String] {
        let found = try? FileManager.default.contentsOfDirectory(atPath: SharedData.root + "/" + path)
        return (found ?? []).sorted()
    }

    @Test("Each conformance case is read, or refused for the reason that it is about")
    func conformance() throws {
        let bundles = Self.folders(Self.conformance).compactMap { name in
            try? (name, SharedData.bytes("\(Self.conformance)/\(name)/bundle.sigstore.json"))
        }
        #expect(bundles.count == 70)
        var found: [String: String] = [:]
        for (name, bytes) in bundles {
            found[name] = refusalCode {
                let written = try Bundle(parsing: bytes, allowing: Self.all).encoded()
                // What is written is the same bundle again.
                let value = try JSONReader.read(bytes, of: name)
                let again = try JSONReader.read(written, of: name)
                #expect(Self.normal(again) == Self.normal(value), "\(name)")
                #expect(try Bundle(parsing: written, allowing: Self.all).encoded() == written)
            }
        }
        #expect(found == Self.refused)
    }

    @Test("Each trust root of the conformance suite is read, but the one without a start of validity")
    func roots() throws {
        let roots = Self.folders(Self.conformance).compactMap { name in
            try? (name, SharedData.bytes("\(Self.conformance)/\(name)/trusted_root.json"))
        }
        #expect(roots.count == 38)
        for (name, bytes) in roots {
            let expected = name.contains("missing-validity-start") ? "trust-root.validity-start" : nil
            #expect(refusalCode { try TrustedRoot(parsing: bytes) } == expected, "\(name)")
        }
    }

    @Test("The roots and signing configurations of production and staging are read")
    func instances() throws {
        let now = try #require(Moment("2026-08-22T12:00:00Z"))
        for (folder, logs, setAside) in [
            ("production-root-signing/targets", 2, 0), ("production-embedded-4.5.1", 2, 0),
            ("staging-embedded-4.5.1", 4, 1),
        ] {
            let root = try TrustedRoot(
                parsing: SharedData.bytes("sigstore/trust/\(folder)/trusted_root.json")
            )
            #expect(root.transparencyLogs.count == logs && root.setAside.count == setAside, "\(folder)")
            #expect(!root.certificateAuthorities.isEmpty && !root.timestampAuthorities.isEmpty)
            // Every log of the first generation is named by its key's fingerprint.
            for log in root.certificateLogs { #expect(log.logID == log.key.fingerprint.bytes) }
            let bytes = try SharedData.bytes("sigstore/trust/\(folder)/signing_config.v0.2.json")
            let config = try SigningConfig(parsing: bytes)
            #expect(try config.transparencyLogs(at: now).count == 1)
            #expect(try config.certificateAuthority(at: now).url.hasPrefix("https://fulcio."))
            #expect(try config.timestampAuthorities(at: now).count == 1)
        }
    }

    @Test("With the second generation of logs allowed, the new log is taken from its first day on")
    func secondGeneration() throws {
        let path = "sigstore/trust/production-root-signing/targets/signing_config_rekor_v2.v0.2.json"
        let config = try SigningConfig(parsing: SharedData.bytes(path))
        for (time, versions, url) in [
            ("2025-12-31T23:59:59Z", [1, 2], "https://rekor.sigstore.dev"),
            ("2026-01-01T00:00:00Z", [1, 2], "https://log2025-1.rekor.sigstore.dev"),
            ("2026-01-01T00:00:00Z", [1], "https://rekor.sigstore.dev"),
        ] as [(String, Set<Int64>, String)] {
            let moment = try #require(Moment(time))
            #expect(try config.transparencyLogs(at: moment, speaking: versions).map(\.url) == [url])
        }
        let old = try SharedData.bytes("sigstore/trust/production-root-signing/targets/signing_config.json")
        #expect(refusalCode { try SigningConfig(parsing: old) } == "trust-root.media-type")
    }

    @Test(
        "Attestations of conda packages are read, and are about the package beside them",
        arguments: ["conda-attestation.sigstore.json", "conda-attestation-rekor2.sigstore.json"]
    )
    func conda(file: String) throws {
        let name = StatementSample.fileName
        let bytes = try SharedData.bytes("sigstore/conda/\(file)")
        let attestation = try Self.attestation(Bundle(parsing: bytes))
        try attestation.check(
            fileName: name,
            sha256: Digest.of(SharedData.bytes("sigstore/conda/signed-package-2.1.0-hb0f4dca_0.conda"))
        )
        #expect(
            refusalCode { try attestation.check(channel: "https://conda.anaconda.org/x") }
                == "attestation.channel"
        )
        let sidecar = try Sidecar(bundles: [bytes], of: name)
        #expect(try JSONReader.read(sidecar.bundles[0], of: file) == JSONReader.read(bytes, of: file))
        #expect(bytes.starts(with: sidecar.bundles[0]))
    }

    @Test("What we would sign is what others have signed, to the byte")
    func statement() throws {
        let bundle = try Bundle(parsing: SharedData.bytes("sigstore/conda/conda-attestation.sigstore.json"))
        guard case .envelope(let envelope) = bundle.content else {
            Issue.record("no envelope")
            return
        }
        #expect(try Self.attestation(bundle).encoded() == envelope.payload)
    }

    @Test("A file of attestations as prefix.dev serves it is read")
    func sidecar() throws {
        let bytes = try SharedData.bytes("sigstore/conda/prefix-actionlint.v0.sigs")
        let sidecar = try Sidecar(parsing: bytes, expecting: Digest.of(bytes), of: "actionlint")
        #expect(sidecar.count == 1)
        let attestation = try Self.attestation(Bundle(parsing: sidecar.bundles[0]))
        #expect(attestation.fileName == "actionlint-1.7.12-h60d57d3_0.conda")
        #expect(attestation.sha256.hex == "e3e0f35dec5b09b18baac8729d14115903b5adfd25065f8bbb90a2b3be5401e4")
        try attestation.check(channel: "https://prefix.dev/github-releases")
    }

    @Test("Attestations of Python distributions are read, and are about the files beside them")
    func python() throws {
        let files = Self.folders("sigstore/pypi").filter { $0.hasSuffix(".attestation") }
        #expect(files.count == 5)
        for file in files {
            let bundle = try PEP740Attestation(parsing: SharedData.bytes("sigstore/pypi/\(file)")).bundle
            guard case .envelope(let envelope) = bundle.content else { continue }
            let statement = try Statement(in: envelope)
            let subject = try #require(statement.subjects.first)
            let name = try #require(subject.name)
            let bytes = try SharedData.bytes("sigstore/pypi/\(name)")
            #expect(subject.digest(.sha256) == Digest.of(bytes), "\(file)")
            #expect(refusalCode { try PublishAttestation(statement) } == "attestation.predicate-type")
            #expect(try Bundle(parsing: bundle.encoded()).encoded() == bundle.encoded())
        }
        let provenance = try SharedData.bytes("sigstore/pypi/pypi_attestations-0.0.19.tar.gz.provenance")
        #expect(try PEP740Attestation.all(inProvenance: provenance).count == 1)
        _ = try Bundle(parsing: SharedData.bytes("sigstore/pypi/rfc8785-0.1.2-py3-none-any.whl.sigstore"))
    }

    private static func attestation(_ bundle: Bundle) throws -> PublishAttestation {
        guard case .envelope(let envelope) = bundle.content else {
            throw Refusal(AttestationCode.payloadType, "bundle")
        }
        return try PublishAttestation(Statement(in: envelope))
    }

    /// What two spellings of one bundle have in common: version 0.3 has two media types, no timestamps may be
    /// said in two ways, and a timestamp of the suite has a line end in its base64.
    private static func normal(_ value: JSONValue) -> JSONValue {
        let newest = "application/vnd.dev.sigstore.bundle.v0.3+json"
        var normal = value
        if value.object?["mediaType"]?.string == "application/vnd.dev.sigstore.bundle+json;version=0.3" {
            normal = normal.replacing("mediaType", by: .string(newest))
        }
        let path = "verificationMaterial.timestampVerificationData"
        let data = value.object?["verificationMaterial"]?.object?["timestampVerificationData"]?.object
        if data?["rfc3161Timestamps"]?.array?.isEmpty ?? true { normal = normal.replacing(path, by: [:]) }
        if let text = data?["rfc3161Timestamps"]?.array?.first?.object?["signedTimestamp"]?.string {
            let bytes = text.utf8.filter { $0 != 0x0A }
            normal = normal.replacing(
                path + ".rfc3161Timestamps.0.signedTimestamp",
                by: .string(String(decoding: bytes, as: UTF8.self))
            )
        }
        if value.object?["dsseEnvelope"] != nil {
            let signature = value.object?["dsseEnvelope"]?.object?["signatures"]?.array?.first?.object
            if signature?["keyid"]?.string == "" {
                normal = normal.replacing("dsseEnvelope.signatures.0.keyid", by: nil)
            }
        }
        return normal
    }
}
