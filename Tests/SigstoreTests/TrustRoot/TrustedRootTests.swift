// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import Sigstore
import TestSupport
import Testing
import TrustCore

@Suite("A trust root in JSON")
struct TrustedRootTests {
    private static func parse(_ value: JSONValue) throws -> TrustedRoot {
        try TrustedRoot(parsing: JSONWriter.encode(value))
    }

    @Test("Every part is read")
    func whole() throws {
        let root = try Self.parse(TrustRootSample.root)
        #expect(root.transparencyLogs.count == 1 && root.certificateLogs.count == 1 && root.setAside.isEmpty)
        let log = root.transparencyLogs[0]
        #expect(log.baseURL == "https://log.test" && log.logID.count == 32 && log.checkpointKeyID == nil)
        #expect(log.key.algorithm == .ecdsaP256SHA256 && log.operatorName == nil)
        #expect(log.validFor.start == Moment("2021-01-12T11:53:27Z") && log.validFor.end == nil)
        #expect(root.certificateLogs[0].key.algorithm == .ed25519)
        for authorities in [root.certificateAuthorities, root.timestampAuthorities] {
            #expect(authorities.map(\.uri) == ["https://ca.test"] && authorities[0].certificates.count == 2)
            #expect(authorities[0].validFor.end == Moment("2022-12-31T23:59:59.999Z"))
        }
    }

    @Test(
        "All media types of trust roots are read",
        arguments: [
            "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
            "application/vnd.dev.sigstore.trustedroot.v0.1+json",
            "application/vnd.dev.sigstore.trustedroot.v0.2+json",
        ]
    )
    func mediaTypes(text: String) throws {
        _ = try Self.parse(TrustRootSample.root.replacing("mediaType", by: .string(text)))
    }

    @Test("What newer roots have is read, and what is not known is skipped")
    func newer() throws {
        let root = try Self.parse(
            TrustRootSample.root.replacing("tlogs.0.checkpointKeyId", by: ["keyId": "AAAAAA=="])
                .replacing("tlogs.0.operator", by: "test.dev").replacing("tlogs.0.x", by: 1)
                .replacing("x", by: [:]).replacing("ctlogs", by: .null)
                .replacing("certificateAuthorities.0.validFor.end", by: .null)
                .replacing("certificateAuthorities.0.operator", by: .null)
                .replacing("timestampAuthorities", by: nil)
        )
        #expect(root.transparencyLogs[0].checkpointKeyID == [0, 0, 0, 0])
        #expect(root.transparencyLogs[0].operatorName == "test.dev")
        #expect(root.certificateLogs.isEmpty && root.timestampAuthorities.isEmpty)
        #expect(root.certificateAuthorities[0].validFor.end == nil)
    }

    @Test("A log of an unknown algorithm is set aside, and the others are used")
    func unknownAlgorithm() throws {
        for unknown in [
            TrustRootSample.log("PKIX_ED25519_PH", key: TrustRootSample.ed25519),
            TrustRootSample.log("ML_DSA_65", key: "AAAA"), TrustRootSample.log(""),
            TrustRootSample.log().replacing("hashAlgorithm", by: "SHA2_512"),
        ] {
            let logs: JSONValue = [unknown, TrustRootSample.log()]
            let root = try Self.parse(
                TrustRootSample.root.replacing("tlogs", by: logs).replacing("ctlogs", by: logs)
            )
            #expect(root.transparencyLogs.count == 1 && root.certificateLogs.count == 1)
            #expect(root.setAside.count == 2 && root.setAside[0].baseURL == "https://log.test")
            let alone = TrustRootSample.root.replacing("tlogs", by: [unknown])
            #expect(refusalCode { try Self.parse(alone) } == "trust-root.no-logs")
        }
    }

    @Test("A log that is set aside must still say from when on it counts")
    func unknownWithoutStart() throws {
        let unknown = TrustRootSample.log("ML_DSA_65").replacing("publicKey.validFor", by: nil)
        let root = TrustRootSample.root.replacing("ctlogs", by: [unknown])
        #expect(refusalCode { try Self.parse(root) } == "trust-root.validity-start")
    }
}
