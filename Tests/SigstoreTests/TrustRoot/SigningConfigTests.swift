// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Sigstore
import TestSupport
import Testing
import TrustCore

@Suite("A signing configuration")
struct SigningConfigTests {
    private typealias Sample = TrustRootSample

    private static func moment(_ text: String = "2026-06-01T00:00:00Z") throws -> Moment {
        try #require(Moment(text))
    }

    private static func config(
        logs: [JSONValue],
        selector: JSONValue = ["selector": "ANY"]
    ) throws -> SigningConfig {
        try SigningConfig(
            parsing: JSONWriter.encode(
                Sample.signing.replacing("rekorTlogUrls", by: .array(logs))
                    .replacing("rekorTlogConfig", by: selector)
            )
        )
    }

    @Test("Every part is read")
    func whole() throws {
        let config = try SigningConfig(parsing: JSONWriter.encode(Sample.signing.replacing("x", by: 1)))
        let now = try Self.moment()
        #expect(try config.certificateAuthority(at: now).url == "https://ca.test")
        #expect(try config.identityProvider(at: now).url == "https://oidc.test")
        #expect(try config.transparencyLogs(at: now).map(\.url) == ["https://log.test"])
        #expect(try config.timestampAuthorities(at: now).map(\.url) == ["https://tsa.test"])
        #expect(
            config.transparencyLogs[0].operatorName == "a" && config.transparencyLogs[0].majorAPIVersion == 1
        )
        #expect(config.transparencyLogSelector == .any && config.timestampAuthoritySelector == .any)
    }

    @Test("The highest version that is spoken counts first, then the newest start")
    func order() throws {
        let config = try Self.config(logs: [
            Sample.service("1-new", version: 1, start: "2025-01-01T00:00:00Z"),
            Sample.service("2-old", version: 2, start: "2023-01-01T00:00:00Z"),
            Sample.service("2-new", version: 2, start: "2024-01-01T00:00:00Z"),
            Sample.service("2-same", version: 2, start: "2024-01-01T00:00:00Z"),
            Sample.service("3", version: 3),
        ])
        let now = try Self.moment()
        #expect(try config.transparencyLogs(at: now).map(\.url) == ["2-new"])
        #expect(try config.transparencyLogs(at: now, speaking: [1]).map(\.url) == ["1-new"])
        #expect(try config.transparencyLogs(at: now, speaking: [1, 2, 3]).map(\.url) == ["3"])
        #expect(refusalCode { try config.transparencyLogs(at: now, speaking: [4]) } == "trust-root.services")
    }

    @Test("Only what counts at the time of signing is selected, both ends included")
    func validity() throws {
        let config = try Self.config(logs: [
            Sample.service("past", start: "2022-01-01T00:00:00Z", end: "2025-01-01T00:00:00Z"),
            Sample.service("future", version: 2, start: "2026-01-01T00:00:00Z"),
        ])
        for (time, expected) in [
            ("2022-01-01T00:00:00Z", "past"), ("2025-01-01T00:00:00Z", "past"),
            ("2026-01-01T00:00:00Z", "future"),
        ] {
            #expect(try config.transparencyLogs(at: Self.moment(time)).map(\.url) == [expected])
        }
        for time in ["2021-12-31T23:59:59.999999999Z", "2025-01-01T00:00:00.000000001Z"] {
            #expect(
                refusalCode { try config.transparencyLogs(at: Self.moment(time)) } == "trust-root.services"
            )
        }
    }

    private static let three = [
        Sample.service("a1", by: "a"), Sample.service("a2", version: 2, by: "a"),
        Sample.service("b1", by: "b"),
        Sample.service("c2", version: 2, by: "c"), Sample.service("c0", version: 9, by: "c"),
    ]

    @Test(
        "As many as the selector says, the best of each operator",
        arguments: [
            (["selector": "ANY"], ["a2"]), (["selector": "ALL"], ["a2", "c2", "b1"]),
            (["selector": "EXACT", "count": 1], ["a2"]), (["selector": "EXACT", "count": 2], ["a2", "c2"]),
            (["selector": "EXACT", "count": 3], ["a2", "c2", "b1"]),
            (["selector": "EXACT", "count": 4], nil),
            (["selector": "ANY", "count": 3], ["a2"]),
        ] as [(JSONValue, [String]?)]
    )
    func selectors(selector: JSONValue, expected: [String]?) throws {
        let config = try Self.config(logs: Self.three, selector: selector)
        let now = try Self.moment()
        if let expected {
            #expect(try config.transparencyLogs(at: now).map(\.url) == expected)
        } else {
            #expect(refusalCode { try config.transparencyLogs(at: now) } == "trust-root.services")
        }
    }

    @Test(
        "Without timestamp authorities no timestamps are asked for; with ended ones it is refused"
    )
    func timestamps() throws {
        let none = Sample.signing.replacing("tsaUrls", by: nil).replacing("tsaConfig", by: nil)
        let now = try Self.moment()
        #expect(try SigningConfig(parsing: JSONWriter.encode(none)).timestampAuthorities(at: now).isEmpty)
        let ended = Sample.signing
            .replacing("tsaUrls", by: [Sample.service("tsa", end: "2025-01-01T00:00:00Z")])
        let config = try SigningConfig(parsing: JSONWriter.encode(ended))
        #expect(refusalCode { try config.timestampAuthorities(at: now) } == "trust-root.services")
    }
}
