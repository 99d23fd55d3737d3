// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Testing
import TrustCore
import TrustPolicy

@Suite("Codes of the policy")
struct PolicyCodeCoverageTests {
    private typealias Sample = EvidenceSamples
    private typealias Attested = AttestationSamples

    /// For each code the evidence that provokes it, and nothing else.
    private static func provocations() throws -> [PolicyCode: Verdict] {
        try indexProvocations.merging(publisherProvocations()) { first, _ in first }
            .merging(ruleProvocations()) { first, _ in first }
            .merging(ledgerProvocations) { first, _ in first }
    }

    private static func ruleProvocations() throws -> [PolicyCode: Verdict] {
        func judged(
            _ lines: String,
            _ file: ListedFile,
            _ change: (inout Evidence) -> Void = { _ in }
        ) throws -> Verdict {
            RuleSamples.verdict(try RuleSamples.policy(lines), RuleSamples.evidence(file, change))
        }
        let file = try RuleSamples.file()
        let undated = try RuleSamples.file { $0.indexed = nil }
        let week = "cooldown: {default: 400d}\n"
        return [
            .cooldown: try judged(week, file),
            .ageUnknown: try judged(week, undated),
            .revoked: try judged("revoked: [{match: zlib, reason: a}]\n", file),
            .revocationUnknown: try judged("revoked: [{publisher: {github: a/b}, reason: a}]\n", file) {
                $0.sidecar = .unknown(reason: "no network")
            },
            .pinnedElsewhere: try judged("pins: {zlib: https://conda.example.org/lab}\n", file),
            .linkScripts: try judged("install_scripts: {default: deny}\n", file) {
                $0.linkScripts = ["bin/.zlib-post-link.sh"]
            },
            .linkScriptsUnknown: try judged("install_scripts: {default: deny}\n", file),
        ]
    }

    private static func publisherProvocations() throws -> [PolicyCode: Verdict] {
        let publisher = try Attested.publisher {
            $0.repositoryID = "100"
            $0.ref = RefPattern("refs/tags/")
        }
        let entry = try Attested.entry([publisher])
        let two = try Attested.entry([publisher, Publisher(.key(Digest.of([1])))], threshold: 2)
        func owned(_ attestations: [Attestation], _ change: (inout Evidence) -> Void = { _ in }) -> Verdict {
            judged(Attested.evidence(owner: entry, attestations, change))
        }
        let known = try Attested.known([Attested.github()])
        let both = try Attested.known([Attested.github(), Attested.key(1)])
        return [
            .attestationMissing: owned([]),
            .attestationStripped: owned([]) { $0.record = Attested.record(promised: true) },
            .attestationInvalid: owned([]) {
                $0.unverifiedAttestations = [UnverifiedAttestation(position: 0, code: "a.b", reason: "c")]
            },
            .otherIdentity: owned([Attested.github("pallets/flask-cors", id: "101")]),
            .otherIssuer: owned([Attested.github(issuer: "https://token.example.org")]),
            .otherNumber: owned([Attested.github(id: "101")]),
            .otherClaim: owned([Attested.github(ref: "refs/heads/main")]),
            .claimMissing: owned([Attested.github(ref: nil)]),
            .otherChannel: owned([Attested.github(target: "https://conda.example.org/test")]),
            .tooFewPublishers: judged(Attested.evidence(owner: two, [Attested.github()])),
            .publisherChanged: judged(Attested.evidence(known: known, [Attested.github(id: "101")])),
            .publisherMissing: judged(Attested.evidence(known: both, [Attested.github()])),
            .attestationDisappeared: judged(Attested.evidence(known: known, [])),
        ]
    }

    private static let indexProvocations: [PolicyCode: Verdict] = [
        .indexUnsigned: judged(Sample.good { $0.index = nil }),
        .recordUnsigned: judged(Sample.records { $0.recordSignature = nil }),
        .unlisted: judged(Sample.good { $0.record = nil }),
        .removed: judged(Sample.good { $0.record = Sample.record(Sample.right, isRemoved: true) }),
        .digestMissing: judged(Sample.good { $0.record = Sample.record(nil) }),
        .digestDiffers: judged(Sample.evidence(Sample.wrong)),
        .lockDiffers: judged(Sample.good { $0.lock = LockDemand(digests: [Sample.wrong]) }),
        .empty: Policy([]).verdict(on: Sample.good()),
    ]

    private static let ledgerProvocations: [PolicyCode: Verdict] = [
        .unobserved: observed { $0.observed = nil },
        .hashChanged: observed { $0.observed?.previous = Sample.wrong },
        .mirrorsDisagree: observed {
            $0.observed?.mirrors = [MirrorOpinion(mirror: "a", answer: .disagrees(Sample.wrong))]
        },
        .mirrorsMissing: observed { $0.observed?.demandedMirrors = 1 },
    ]

    private static func observed(_ change: (inout Evidence) -> Void) -> Verdict {
        Policy.observed.verdict(on: Sample.observed(change))
    }

    private static func judged(_ evidence: Evidence) -> Verdict { Policy.standard.verdict(on: evidence) }

    @Test(
        "Each code is provoked by the smallest evidence that breaks its rule",
        arguments: PolicyCode.allCases
    )
    func eachCodeIsProvoked(code: PolicyCode) throws {
        let verdict = try #require(try Self.provocations()[code])
        #expect(verdict.objections.map(\.code) == [code])
        #expect(verdict.objections.map(\.kind) == [code.entry.kind])
        // `kingsnake explain RULE` finds the codes of a rule by their beginning; rules of the user's own are called like
        // their first code.
        let rule = try #require(verdict.objections.first?.rule)
        let isOwn = rule.hasPrefix("policy.")
        #expect(isOwn ? code.rawValue.hasPrefix(rule) : code.rawValue.hasPrefix(rule + "."))
        #expect(!isOwn || PolicyCode(rawValue: rule) != nil)
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
