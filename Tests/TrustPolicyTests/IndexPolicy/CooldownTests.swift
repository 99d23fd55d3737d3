// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Testing
import TrustCore
import TrustPolicy

@Suite("Cooldown")
struct CooldownTests {
    private typealias Sample = RuleSamples
    private static let week = "cooldown: {default: 7d, except: {openssl: 0d, \"lab-*\": 2d, slow: 30d}}\n"

    /// How many days ago each date is; nil where it is not known.
    struct Dates: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let indexed: Int?
        let firstSeen: Int?
        let built: Int?
        let code: PolicyCode?
        /// What the reason says about whose date it is.
        var words = ""
    }

    @Test(
        "What shows that a file is old enough, and what does not",
        arguments: [
            Dates(testDescription: "listed for 8 days", indexed: 8, firstSeen: nil, built: nil, code: nil),
            Dates(testDescription: "for exactly 7", indexed: 7, firstSeen: nil, built: nil, code: nil),
            Dates(
                testDescription: "for 6",
                indexed: 6,
                firstSeen: nil,
                built: nil,
                code: .cooldown,
                words: "the index lists it since"
            ),
            Dates(
                testDescription: "listed long before seen",
                indexed: 8,
                firstSeen: 1,
                built: nil,
                code: nil
            ),
            Dates(testDescription: "seen for 8 days", indexed: nil, firstSeen: 8, built: nil, code: nil),
            Dates(
                testDescription: "seen for 6",
                indexed: nil,
                firstSeen: 6,
                built: nil,
                code: .cooldown,
                words: "this machine saw it first"
            ),
            Dates(
                testDescription: "listed lately, whatever was seen",
                indexed: 6,
                firstSeen: 8,
                built: nil,
                code: .cooldown,
                words: "the index lists it since"
            ),
            Dates(
                testDescription: "old by its own word only",
                indexed: nil,
                firstSeen: nil,
                built: 3_000,
                code: .ageUnknown,
                words: "anybody can write"
            ),
            Dates(
                testDescription: "young by its own word",
                indexed: nil,
                firstSeen: nil,
                built: 6,
                code: .cooldown,
                words: "by its own word"
            ),
            Dates(
                testDescription: "built after it was listed",
                indexed: 8,
                firstSeen: nil,
                built: 6,
                code: .cooldown,
                words: "by its own word"
            ),
            Dates(
                testDescription: "its own word makes nothing older",
                indexed: 6,
                firstSeen: nil,
                built: 3_000,
                code: .cooldown,
                words: "the index lists it since"
            ),
            Dates(
                testDescription: "in the future",
                indexed: -1,
                firstSeen: nil,
                built: nil,
                code: .cooldown
            ),
            Dates(
                testDescription: "nobody knows",
                indexed: nil,
                firstSeen: nil,
                built: nil,
                code: .ageUnknown,
                words: "nobody says"
            ),
        ]
    )
    func ages(_ dates: Dates) throws {
        let file = try Sample.file {
            $0.indexed = dates.indexed.map(Sample.ago)
            $0.firstSeen = dates.firstSeen.map(Sample.ago)
            $0.built = dates.built.map(Sample.ago)
        }
        let findings = try Sample.policy(Self.week).findings(on: file, now: Sample.now)
        #expect(findings.map(\.code) == (dates.code.map { [$0] } ?? []))
        #expect(findings.allSatisfy { $0.reason.contains(dates.words) }, "\(findings)")
    }

    @Test(
        "Packages may have durations of their own; the closest pattern counts",
        arguments: [
            ("zlib-1-0.conda", 7), ("openssl-3-0.conda", 0), ("OpenSSL-3-0.conda", 0),
            ("openssl-x-3-0.conda", 7),
            ("lab-core-1-0.conda", 2), ("slow-1-0.conda", 30),
        ]
    )
    func exceptions(name: String, days: Int) throws {
        let policy = try Sample.policy(Self.week)
        let old = try Sample.file(name) { $0.indexed = Sample.ago(days: days) }
        #expect(Sample.codes(policy, old) == [])
        let young = try Sample.file(name) { $0.indexed = Sample.ago(days: days).advanced(bySeconds: 1) }
        #expect(Sample.codes(policy, young) == (days == 0 ? [] : [.cooldown]))
        // Without any wait nobody's date is asked for.
        let undated = try Sample.file(name) { $0.indexed = nil }
        #expect(Sample.codes(policy, undated) == (days == 0 ? [] : [.ageUnknown]))
    }

    @Test("A name that cannot be read waits as long as any")
    func unreadableName() throws {
        let file = try Sample.file { ($0.name, $0.indexed) = ("no name", Sample.ago(days: 29)) }
        #expect(Sample.codes(try Sample.policy(Self.week), file) == [.cooldown])
    }

    @Test("One channel's cooldown counts in place of the general one")
    func channels() throws {
        let policy = try Sample.policy(
            Self.week + "channels:\n  \(Sample.channel): {cooldown: {default: 1d}}\n"
        )
        let file = try Sample.file { $0.indexed = Sample.ago(days: 3) }
        #expect(Sample.codes(policy, file) == [])
        var other = file
        other.channel += "/other"
        #expect(Sample.codes(policy, other) == [.cooldown])
    }

    @Test("What it depends on is said")
    func dependence() throws {
        #expect(!IndexPolicy.empty.dependsOnTime && !IndexPolicy.empty.needsFirstSeen)
        let week = try Sample.policy(Self.week)
        #expect(week.dependsOnTime && week.needsFirstSeen)
        let none = try Sample.policy("cooldown: {default: 0d}\n")
        #expect(!none.dependsOnTime && !none.needsFirstSeen)
        let window = try Sample.policy(
            "revoked: [{indexed: {from: \"2026-01-01T00:00:00Z\"}, reason: a}]\n"
        )
        #expect(!window.dependsOnTime && window.needsFirstSeen)
    }

    @Test("Since when an index lists a file counts only where somebody signed it")
    func unsigned() throws {
        let policy = try Sample.policy(Self.week)
        let file = try Sample.file()
        #expect(Sample.verdict(policy, Sample.evidence(file)).isAllowed)
        let verdict = Sample.verdict(policy, Sample.evidence(file) { $0.pin = nil })
        #expect(verdict.objections.compactMap(\.code).contains(.ageUnknown))
    }

    @Test(
        "A duration is whole days or hours",
        arguments: [
            ("7d", "7 days"), ("1d", "1 day"), ("24h", "1 day"), ("12h", "12 hours"), ("0d", "0 days"),
            ("3650d", "3650 days"), ("3651d", nil), ("d", nil), ("7", nil), ("7w", nil), ("-1d", nil),
            ("1.5d", nil), ("7 d", nil), ("999999h", nil), ("", nil),
        ]
    )
    func durations(text: String, words: String?) { #expect(PolicyDuration(text)?.words == words) }
}
