// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Testing
import TrustCore
import TrustPolicy

@Suite("Codes of the policy")
struct PolicyCodeCoverageTests {
    private typealias Sample = EvidenceSamples

    /// For each code the evidence that provokes it, and nothing else.
    private static let provocations: [PolicyCode: Verdict] = [
        .indexUnsigned: judged(Sample.good { $0.index = nil }),
        .recordUnsigned: judged(Sample.records { $0.recordSignature = nil }),
        .unlisted: judged(Sample.good { $0.record = nil }),
        .removed: judged(Sample.good { $0.record = Sample.record(Sample.right, isRemoved: true) }),
        .digestMissing: judged(Sample.good { $0.record = Sample.record(nil) }),
        .digestDiffers: judged(Sample.evidence(Sample.wrong)),
        .lockDiffers: judged(Sample.good { $0.lock = LockDemand(digests: [Sample.wrong]) }),
        .empty: Policy([]).verdict(on: Sample.good()),
    ]

    private static func judged(_ evidence: Evidence) -> Verdict { Policy.standard.verdict(on: evidence) }

    @Test(
        "Each code is provoked by the smallest evidence that breaks its rule",
        arguments: PolicyCode.allCases
    )
    func eachCodeIsProvoked(code: PolicyCode) throws {
        let verdict = try #require(Self.provocations[code])
        #expect(verdict.objections.map(\.code) == [code])
        #expect(verdict.objections.map(\.kind) == [code.entry.kind])
        // `kingsnake explain RULE` finds the codes of a rule by their beginning.
        #expect(verdict.objections.map { code.rawValue.hasPrefix($0.rule + ".") } == [true])
    }

    @Test("What permits has neither a code nor a kind, and an objection always has a kind")
    func kinds() {
        for example in RuleTests.cases {
            let finding = example.rule.judge(example.evidence)
            #expect((finding.kind == nil) == finding.permits && (finding.code == nil) == finding.permits)
        }
        #expect(
            Finding("rule", .refused, "").kind == .policy && Finding("rule", .missing, "").kind == .missing
        )
    }
}
