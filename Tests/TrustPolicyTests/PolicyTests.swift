// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Testing
import TrustCore
import TrustPolicy

/// Evidence, and the rules of the standard policy that object to it.
struct VerdictCase: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let evidence: Evidence
    let objections: [String]

    init(_ situation: String, _ evidence: Evidence, objections: [String]) {
        testDescription = situation
        self.evidence = evidence
        self.objections = objections
    }
}

@Suite("The standard policy")
struct PolicyTests {
    private typealias Sample = EvidenceSamples

    static let cases: [VerdictCase] = [
        VerdictCase("good evidence", Sample.good(), objections: []),
        VerdictCase(
            "good evidence and a lock that agrees",
            Sample.good { $0.lock = LockDemand(digests: [Sample.right, Sample.rightMD5]) },
            objections: []
        ),
        VerdictCase(
            "nothing at all",
            Evidence(package: "a-1-0.conda", channel: "none", packageDigest: nil),
            objections: ["signed-index", "in-index"]
        ),
        VerdictCase(
            "a lock that agrees, and nothing signed: a lock is no signature",
            Sample.good {
                $0.index = nil
                $0.record = nil
                $0.lock = LockDemand(digests: [Sample.right])
            },
            objections: ["signed-index", "in-index"]
        ),
        VerdictCase(
            "a lock with MD5 only, and no record: MD5 never admits by itself",
            Sample.good {
                $0.record = nil
                $0.lock = LockDemand(digests: [Sample.rightMD5])
            },
            objections: ["in-index"]
        ),
        VerdictCase(
            "a lock and a record with MD5 only: MD5 never admits by itself",
            Sample.good {
                $0.record = Sample.record(nil)
                $0.lock = LockDemand(digests: [Sample.rightMD5])
            },
            objections: ["index-digest"]
        ),
        VerdictCase(
            "an unsigned index with a fitting record",
            Sample.good { $0.index = nil },
            objections: ["signed-index"]
        ),
        VerdictCase(
            "good evidence, and no pin: nothing that was not pinned counts",
            Sample.good { $0.pin = nil },
            objections: ["signed-index"]
        ),
        VerdictCase("a signed record, in a channel pinned for that", Sample.records(), objections: []),
        VerdictCase(
            "a record that nobody signed, in a channel pinned for that: not even TUF makes up for it",
            Sample.good { $0.pin = .records },
            objections: ["signed-record"]
        ),
        VerdictCase(
            "a signed record in a channel pinned to a TUF root: it does not make up for the index",
            Sample.records { $0.pin = .index },
            objections: ["signed-index"]
        ),
        VerdictCase(
            "both signed, where both must be",
            Sample.records {
                $0.pin = .indexAndRecords
                $0.index = Sample.index
            },
            objections: []
        ),
        VerdictCase(
            "neither signed, where both must be",
            Sample.good {
                $0.pin = .indexAndRecords
                $0.index = nil
            },
            objections: ["signed-index", "signed-record"]
        ),
        VerdictCase(
            "a signed record without SHA-256",
            Sample.records { $0.record = Sample.record(nil) },
            objections: ["index-digest"]
        ),
        VerdictCase(
            "no record, in a channel whose index nobody signs",
            Sample.records { ($0.record, $0.recordSignature) = (nil, nil) },
            objections: ["in-index"]
        ),
        VerdictCase(
            "a removed package",
            Sample.good { $0.record = Sample.record(Sample.right, isRemoved: true) },
            objections: ["in-index"]
        ),
        VerdictCase("altered bytes", Sample.evidence(Sample.wrong), objections: ["index-digest"]),
        VerdictCase(
            "altered bytes and a lock: every rule is told",
            Sample.evidence(Sample.wrong) { $0.lock = LockDemand(digests: [Sample.right]) },
            objections: ["index-digest", "lock-agrees"]
        ),
        VerdictCase(
            "maintainers who must sign, and did",
            Sample.good { $0.maintainers = Sample.maintainers(Sample.right) },
            objections: []
        ),
        VerdictCase(
            "maintainers who must sign, and are silent",
            Sample.good { $0.maintainers = Sample.maintainers(nil) },
            objections: ["vouched-for"]
        ),
        VerdictCase(
            "maintainers who signed other bytes than the index lists",
            Sample.good { $0.maintainers = Sample.maintainers(Sample.wrong) },
            objections: ["vouched-for"]
        ),
        VerdictCase(
            "maintainers who signed another length than the index lists",
            Sample.good { $0.maintainers = Sample.maintainers(Sample.right, length: 11) },
            objections: ["vouched-for"]
        ),
        VerdictCase(
            "altered bytes where maintainers signed the index's: both rules are told",
            Sample.evidence(Sample.wrong) { $0.maintainers = Sample.maintainers(Sample.right) },
            objections: ["index-digest", "vouched-for"]
        ),
        VerdictCase(
            "maintainers' signatures without a signed index: they make up for nothing",
            Sample.good {
                $0.index = nil
                $0.maintainers = Sample.maintainers(Sample.right)
            },
            objections: ["signed-index"]
        ),
        VerdictCase(
            "a lock that demands other bytes than the index",
            Sample.good { $0.lock = LockDemand(digests: [Sample.wrong]) },
            objections: ["lock-agrees"]
        ),
    ]

    @Test("The rules that object are those of the table", arguments: cases)
    func verdict(_ example: VerdictCase) {
        let verdict = Policy.standard.verdict(on: example.evidence)
        #expect(verdict.objections.map(\.rule) == example.objections)
        #expect(verdict.isAllowed == example.objections.isEmpty)
        #expect(verdict.package == example.evidence.package)
        // All findings are told, for a pass as well as for a refusal.
        #expect(verdict.findings.map(\.rule) == Policy.standard.rules.map(\.name))
    }

    @Test("A policy without rules refuses, even where everything is as it should be")
    func emptyPolicy() {
        let verdict = Policy([]).verdict(on: EvidenceSamples.good())
        #expect(!verdict.isAllowed)
        #expect(verdict.findings.map(\.outcome) == [.refused])
    }

    @Test("Where nobody signs the index the verdict names what is not protected, and the voucher is the keys")
    func unprotected() throws {
        let verdict = Policy.standard.verdict(on: EvidenceSamples.records())
        #expect(verdict.voucher == .packageKeys(threshold: 1, keyCount: 3, role: nil))
        #expect(verdict.voucher?.unprotected == [.freshness, .completeness, .rollback, .channel])
        let index = try #require(verdict.findings.first)
        #expect(index.rule == "signed-index" && index.reason.contains("an old index can be shown for ever"))
        let both = EvidenceSamples.records {
            $0.pin = .indexAndRecords
            $0.index = EvidenceSamples.index
        }
        let voucher = Policy.standard.verdict(on: both).voucher
        #expect(voucher == .packageKeys(threshold: 1, keyCount: 3, role: "linux-64"))
        #expect(voucher?.unprotected == [])
        for pin in ChannelPin.allCases where pin != .observed {
            #expect(pin.demandsIndex || pin.demandsRecords, "a pin that demands nothing")
        }
    }

    @Test("A verdict without findings permits nothing")
    func emptyVerdict() { #expect(!Verdict(package: "a-1-0.conda", findings: []).isAllowed) }

    @Test("The same evidence gives the same verdict")
    func isDeterministic() {
        for example in Self.cases {
            #expect(
                Policy.standard.verdict(on: example.evidence) == Policy.standard.verdict(on: example.evidence)
            )
        }
    }
}
