// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// A small trust root and signing configuration as JSON, to change in tests.
enum TrustRootSample {
    /// Keys that were made for this and thrown away.
    static let p256 =
        "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEWbIyLuV3vCCRtVig/j7TAVssvSVQSUBhTYabxN7dxfkeJojcyd4mCfls"
        + "GMnRbpRSFqNOKZqe3kgwvD4P6iaTLA=="
    static let ed25519 = "MCowBQYDK2VwAyEAAo4ye7x/XNTrrEd/1MuXHxw3gxkZkHI0eNejoMWHWQI="

    static func log(_ details: String = "PKIX_ECDSA_P256_SHA_256", key: String = p256) -> JSONValue {
        [
            "baseUrl": "https://log.test", "hashAlgorithm": "SHA2_256",
            "publicKey": [
                "rawBytes": .string(key), "keyDetails": .string(details),
                "validFor": ["start": "2021-01-12T11:53:27.000Z"],
            ],
            "logId": ["keyId": "wNI9atQGlz+VWfO6LRygH4QUfY/8W4RFwiT5i5WRgB0="],
        ]
    }

    static let authority: JSONValue = [
        "subject": ["organization": "test", "commonName": "test"], "uri": "https://ca.test",
        "certChain": [
            "certificates": [
                ["rawBytes": .string(BundleSample.intermediate)], ["rawBytes": .string(BundleSample.root)],
            ]
        ],
        "validFor": ["start": "2021-03-07T03:20:29Z", "end": "2022-12-31T23:59:59.999Z"],
    ]

    static let root: JSONValue = [
        "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1", "tlogs": [log()],
        "certificateAuthorities": [authority],
        "ctlogs": [log("PKIX_ED25519", key: ed25519)], "timestampAuthorities": [authority],
    ]

    static func service(
        _ url: String,
        version: Int64 = 1,
        start: String = "2022-01-01T00:00:00Z",
        end: String? = nil,
        by operatorName: String = "a"
    ) -> JSONValue {
        var period = JSONObject()
        period["start"] = .string(start)
        if let end { period["end"] = .string(end) }
        return [
            "url": .string(url), "majorApiVersion": .init(integerLiteral: version),
            "validFor": .object(period), "operator": .string(operatorName),
        ]
    }

    static let signing: JSONValue = [
        "mediaType": "application/vnd.dev.sigstore.signingconfig.v0.2+json",
        "caUrls": [service("https://ca.test")], "oidcUrls": [service("https://oidc.test")],
        "rekorTlogUrls": [service("https://log.test")], "tsaUrls": [service("https://tsa.test")],
        "rekorTlogConfig": ["selector": "ANY"], "tsaConfig": ["selector": "ANY"],
    ]
}
