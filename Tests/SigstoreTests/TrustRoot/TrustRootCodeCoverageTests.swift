// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Sigstore
import TestSupport
import Testing
import TrustCore

/// For each code the smallest change of a good file that provokes it.
@Suite("Every refusal of a trust root has an input that provokes it")
struct TrustRootCodeCoverageTests {
    @Test("Exactly this code", arguments: TrustRootCode.allCases)
    func code(_ code: TrustRootCode) throws {
        let roots = Self.roots[code] ?? []
        let configs = Self.configs[code] ?? []
        #expect(!roots.isEmpty || !configs.isEmpty)
        for (path, value) in roots {
            let text = JSONWriter.encode(TrustRootSample.root.replacing(path, by: value))
            #expect(refusalCode { try TrustedRoot(parsing: text) } == code.rawValue, "\(path)")
        }
        for (path, value) in configs {
            let text = JSONWriter.encode(TrustRootSample.signing.replacing(path, by: value))
            let now = try #require(Moment("2026-06-01T00:00:00Z"))
            let found = refusalCode {
                let config = try SigningConfig(parsing: text)
                _ = try config.certificateAuthority(at: now)
                _ = try config.identityProvider(at: now)
                _ = try config.transparencyLogs(at: now)
                _ = try config.timestampAuthorities(at: now)
            }
            #expect(found == code.rawValue, "\(path)")
        }
    }

    @Test("Every code says what, why, and what to do", arguments: TrustRootCode.allCases)
    func entry(_ code: TrustRootCode) {
        #expect(code.defects(in: "trust-root.").isEmpty)
    }

    private static let many = JSONValue.array(Array(repeating: TrustRootSample.authority, count: 257))
    private static let services = JSONValue.array(
        Array(repeating: TrustRootSample.service("a"), count: 257)
    )

    /// The numbers are those of Sigstore's list of what must fail.
    private static let roots: [TrustRootCode: [(String, JSONValue?)]] = [
        .mediaType: [
            ("mediaType", "application/vnd.dev.sigstore.trustedroot.v0.3+json"),
            ("mediaType", "application/vnd.dev.sigstore.bundle.v0.3+json"),
        ],
        .missingField: [
            ("mediaType", nil), ("tlogs.0.publicKey", nil), ("tlogs.0.publicKey.rawBytes", nil),
            ("certificateAuthorities.0.certChain.certificates.0.rawBytes", ""),
        ],
        .base64: [
            ("tlogs.0.publicKey.rawBytes", "AAA"),
            ("timestampAuthorities.0.certChain.certificates.0.rawBytes", "-"),
        ],
        .limit: [
            ("certificateAuthorities", many),
            (
                "certificateAuthorities.0.certChain.certificates",
                .array(Array(repeating: ["rawBytes": "AAAA"], count: 11))
            ),
        ],
        .time: [
            ("tlogs.0.publicKey.validFor.start", "2021-01-12"),
            ("certificateAuthorities.0.validFor.end", "2021-01-12T11:53:27+00:00"),
        ],
        // 75
        .validityStart: [
            ("tlogs.0.publicKey.validFor", [:]), ("tlogs.0.publicKey.validFor", nil),
            ("tlogs.0.publicKey.validFor.start", ""), ("ctlogs.0.publicKey.validFor", .null),
            ("certificateAuthorities.0.validFor", nil), ("timestampAuthorities.0.validFor.start", nil),
        ],
        .key: [
            ("tlogs.0.publicKey.rawBytes", "AAAA"), ("tlogs.0.publicKey.keyDetails", "PKIX_ED25519"),
            ("ctlogs.0.publicKey.keyDetails", "PKIX_ECDSA_P384_SHA_384"),
        ],
        .logID: [
            ("tlogs.0.logId", nil), ("ctlogs.0.logId.keyId", ""), ("ctlogs.0.logId.keyId", "AAAA"),
            ("tlogs.0.checkpointKeyId", ["keyId": "AA=="]),
        ],
        .noCertificates: [
            ("certificateAuthorities.0.certChain", nil),
            ("timestampAuthorities.0.certChain.certificates", []),
        ],
        .noLogs: [("tlogs", []), ("tlogs", nil)],  // 77
    ]

    private static let configs: [TrustRootCode: [(String, JSONValue?)]] = [
        .mediaType: [("mediaType", "application/vnd.dev.sigstore.signingconfig.v0.1+json")],
        .missingField: [("caUrls.0.url", nil)],
        .integer: [("caUrls.0.majorApiVersion", -1), ("rekorTlogConfig.count", "1.5")],
        .limit: [("tsaUrls", services)],
        .time: [("oidcUrls.0.validFor.start", "now")],
        .validityStart: [("caUrls.0.validFor", nil)],
        .selector: [
            ("rekorTlogConfig", nil), ("rekorTlogConfig.selector", "SOME"), ("rekorTlogConfig.selector", nil),
            ("rekorTlogConfig.selector", "EXACT"), ("tsaConfig", ["selector": "EXACT", "count": 0]),
            ("tsaConfig", ["selector": "EXACT", "count": 257]), ("tsaConfig.selector", "any"),
        ],
        .services: [
            ("caUrls", []), ("oidcUrls", nil), ("rekorTlogUrls", []), ("rekorTlogUrls.0.majorApiVersion", 3),
            ("rekorTlogConfig", ["selector": "EXACT", "count": 2]),
            ("tsaUrls.0.validFor.end", "2025-01-01T00:00:00Z"), ("caUrls.0.majorApiVersion", nil),
        ],
    ]
}
