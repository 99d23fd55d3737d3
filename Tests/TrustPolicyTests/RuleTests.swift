// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Testing
import TrustCore
import TrustPolicy

/// One rule, some evidence, and what must come out.
struct RuleCase: Sendable, CustomTestStringConvertible {
    let rule: any Rule
    let situation: String
    let evidence: Evidence
    let outcome: Finding.Outcome

    init(_ rule: any Rule, _ situation: String, _ evidence: Evidence, _ outcome: Finding.Outcome) {
        self.rule = rule
        self.situation = situation
        self.evidence = evidence
        self.outcome = outcome
    }

    var testDescription: String { "\(rule.name): \(situation) is \(outcome.rawValue)" }
}

@Suite("Rules")
struct RuleTests {
    private typealias Sample = EvidenceSamples

    static let cases: [RuleCase] = [
        RuleCase(RequireSignedIndex(), "a verified index", Sample.good(), .satisfied),
        RuleCase(RequireSignedIndex(), "no verified index", Sample.good { $0.index = nil }, .missing),
        RuleCase(RequireSignedIndex(), "no pin, whatever was signed", Sample.good { $0.pin = nil }, .missing),
        RuleCase(RequireSignedIndex(), "a pin that demands records only", Sample.records(), .notApplicable),
        RuleCase(
            RequireSignedIndex(),
            "a pin that demands both, and a record without index",
            Sample.records { $0.pin = .indexAndRecords },
            .missing
        ),

        RuleCase(RequireSignedRecord(), "a pin that demands the index only", Sample.good(), .notApplicable),
        RuleCase(RequireSignedRecord(), "a signed record", Sample.records(), .satisfied),
        RuleCase(
            RequireSignedRecord(),
            "no signature",
            Sample.records { $0.recordSignature = nil },
            .missing
        ),
        RuleCase(
            RequireSignedRecord(),
            "a pin that demands both, and an index without signed record",
            Sample.good { $0.pin = .indexAndRecords },
            .missing
        ),
        RuleCase(
            RequireSignedRecord(),
            "fewer keys than must sign",
            Sample.records { $0.recordSignature = Sample.signature(by: ["a"], threshold: 2) },
            .missing
        ),
        RuleCase(
            RequireSignedRecord(),
            "one key twice",
            Sample.records { $0.recordSignature = Sample.signature(by: ["a", "a"], threshold: 2) },
            .missing
        ),
        RuleCase(
            RequireSignedRecord(),
            "a threshold of zero",
            Sample.records { $0.recordSignature = Sample.signature(by: [], threshold: 0) },
            .missing
        ),
        RuleCase(
            RequireSignedRecord(),
            "as many keys as must sign",
            Sample.records { $0.recordSignature = Sample.signature(by: ["a", "b"], threshold: 2) },
            .satisfied
        ),
        RuleCase(RequireSignedRecord(), "no record", Sample.records { $0.record = nil }, .notApplicable),

        RuleCase(RequireIndexRecord(), "a record", Sample.good(), .satisfied),
        RuleCase(RequireIndexRecord(), "no record", Sample.good { $0.record = nil }, .refused),
        RuleCase(
            RequireIndexRecord(),
            "no record, and no index either",
            Sample.good { ($0.record, $0.index) = (nil, nil) },
            .missing
        ),
        RuleCase(
            RequireIndexRecord(),
            "a record that is listed as removed",
            Sample.good { $0.record = Sample.record(Sample.right, isRemoved: true) },
            .refused
        ),
        RuleCase(
            RequireIndexRecord(),
            "a removed file without record",
            Sample.good { $0.record = Sample.record(nil, isRemoved: true) },
            .refused
        ),

        RuleCase(RequireIndexDigest(), "the promised digest", Sample.good(), .satisfied),
        RuleCase(RequireIndexDigest(), "another digest", Sample.evidence(Sample.wrong), .refused),
        RuleCase(RequireIndexDigest(), "no bytes at hand", Sample.evidence(nil), .refused),
        RuleCase(
            RequireIndexDigest(),
            "MD5 of the bytes only, although it is the index's",
            Sample.evidence(Sample.rightMD5),
            .refused
        ),
        RuleCase(
            RequireIndexDigest(),
            "a record without SHA-256",
            Sample.good { $0.record = Sample.record(nil) },
            .missing
        ),
        RuleCase(
            RequireIndexDigest(),
            "a removed file without record",
            Sample.good { $0.record = Sample.record(nil, isRemoved: true) },
            .notApplicable
        ),
        RuleCase(RequireIndexDigest(), "no record", Sample.good { $0.record = nil }, .notApplicable),

        RuleCase(RequireLockAgreement(), "no lock", Sample.good(), .notApplicable),
        RuleCase(
            RequireLockAgreement(),
            "a lock with the same SHA-256",
            Sample.good { $0.lock = LockDemand(digests: [Sample.right]) },
            .satisfied
        ),
        RuleCase(
            RequireLockAgreement(),
            "a lock with another SHA-256",
            Sample.good { $0.lock = LockDemand(digests: [Sample.wrong]) },
            .refused
        ),
        RuleCase(
            RequireLockAgreement(),
            "a lock with the right SHA-256 and another one",
            Sample.good { $0.lock = LockDemand(digests: [Sample.right, Sample.wrong]) },
            .refused
        ),
        RuleCase(
            RequireLockAgreement(),
            "a lock with SHA-256, and no bytes at hand",
            Sample.evidence(nil) { $0.lock = LockDemand(digests: [Sample.right]) },
            .refused
        ),
        RuleCase(
            RequireLockAgreement(),
            "a lock with the index's MD5",
            Sample.good { $0.lock = LockDemand(digests: [Sample.rightMD5]) },
            .notApplicable
        ),
        RuleCase(
            RequireLockAgreement(),
            "a lock with another MD5 than the index",
            Sample.good { $0.lock = LockDemand(digests: [Sample.wrongMD5]) },
            .refused
        ),
        RuleCase(
            RequireLockAgreement(),
            "a lock with the right SHA-256 and another MD5 than the index",
            Sample.good { $0.lock = LockDemand(digests: [Sample.right, Sample.wrongMD5]) },
            .refused
        ),
        RuleCase(
            RequireLockAgreement(),
            "a lock with MD5, and an index without",
            Sample.good {
                $0.record = IndexRecord(sha256: Sample.right, size: nil, isRemoved: false)
                $0.lock = LockDemand(digests: [Sample.wrongMD5])
            },
            .notApplicable
        ),
        RuleCase(
            RequireLockAgreement(),
            "a lock without digests",
            Sample.good { $0.lock = LockDemand(digests: []) },
            .notApplicable
        ),
    ]

    @Test("Every rule comes out as its table says", arguments: cases)
    func outcome(_ example: RuleCase) {
        let finding = example.rule.judge(example.evidence)
        #expect(finding.rule == example.rule.name)
        #expect(finding.outcome == example.outcome)
        #expect(!finding.reason.isEmpty)
    }

    @Test(
        "Every outcome of every rule is in the table, and a finding permits if and only if nothing stands in the way"
    )
    func completeness() {
        let outcomes = Set(Self.cases.map { "\($0.rule.name) \($0.outcome.rawValue)" })
        #expect(
            outcomes == [
                "signed-index satisfied", "signed-index missing", "signed-index not-applicable",
                "signed-record satisfied", "signed-record missing", "signed-record not-applicable",
                "in-index satisfied", "in-index refused", "in-index missing",
                "index-digest satisfied", "index-digest missing", "index-digest refused",
                "index-digest not-applicable", "lock-agrees satisfied", "lock-agrees refused",
                "lock-agrees not-applicable",
            ]
        )
        let permits: [Finding.Outcome: Bool] = [
            .satisfied: true, .notApplicable: true, .warned: true, .missing: false, .refused: false,
        ]
        for (outcome, permitted) in permits { #expect(Finding("rule", outcome, "").permits == permitted) }
    }

    @Test("What a refusal says names both digests")
    func reasons() {
        let finding = RequireIndexDigest().judge(EvidenceSamples.evidence(EvidenceSamples.wrong))
        #expect(
            finding.reason.contains(EvidenceSamples.right.hex)
                && finding.reason.contains(EvidenceSamples.wrong.hex)
        )
    }
}
