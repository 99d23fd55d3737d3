// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Testing
import TrustCore
import TrustPolicy

@Suite("The policy for channels that sign nothing")
struct ObservedRuleTests {
    private typealias Sample = EvidenceSamples

    @Test("A file that is as it was seen is allowed, and the verdict says that nobody signs")
    func allowed() {
        let verdict = Policy.observed.verdict(on: Sample.observed())
        #expect(verdict.isAllowed && verdict.voucher == nil)
        #expect(
            verdict.findings[0].reason
                == "nobody signs this index; hash as observed since 2027-01-15T08:00:00Z; no other mirror is compared"
        )
    }

    @Test(
        "The standard policy never admits anything of such a channel, nor this one anything of a pinned one's duties"
    )
    func otherPolicies() {
        #expect(Policy.standard.verdict(on: Sample.observed()).objections.map(\.code) == [.indexUnsigned])
        // By what was observed nothing counts as signed.
        let date = Sample.observed { $0.index = Sample.index }
        #expect(Policy.standard.verdict(on: date).objections.map(\.code) == [.indexUnsigned])
        #expect(Policy.standard.verdict(on: date).voucher == nil)
    }

    @Test("A changed hash is a warning if the user says so, and mirrors still count")
    func warns() {
        let warned = Sample.observed {
            $0.observed?.previous = Sample.wrong
            $0.observed?.changeMode = .warn
        }
        let verdict = Policy.observed.verdict(on: warned)
        #expect(verdict.isAllowed && verdict.warnings.map(\.code) == [.hashChanged])
        var demanding = warned
        demanding.observed?.demandedMirrors = 1
        #expect(Policy.observed.verdict(on: demanding).objections.map(\.code) == [.mirrorsMissing])
    }

    @Test("Mirrors that are silent decide nothing unless they are needed")
    func mirrors() {
        let (yes, no) = (
            MirrorOpinion(mirror: "yes", answer: .agrees),
            MirrorOpinion(mirror: "no", answer: .silent(reason: "away"))
        )
        let cases: [(mirrors: [MirrorOpinion], demanded: Int, isAllowed: Bool)] = [
            ([no], 0, true), ([no], 1, false), ([yes, no], 1, true), ([yes, no], 2, false),
            ([yes, yes], 2, true),
        ]
        for one in cases {
            let evidence = Sample.observed {
                $0.observed?.mirrors = one.mirrors
                $0.observed?.demandedMirrors = one.demanded
            }
            #expect(Policy.observed.verdict(on: evidence).isAllowed == one.isAllowed)
        }
    }

    @Test("Where the record gives only an MD5, the bytes must be those that are known")
    func md5Only() {
        func objections(known: Digest?, found: Digest?) -> [PolicyCode?] {
            let evidence = Sample.evidence(found) {
                $0 = Sample.observed()
                $0.record = Sample.record(nil)
                $0.observed?.known = known
            }
            var judged = Evidence(package: evidence.package, channel: evidence.channel, packageDigest: found)
            judged.pin = .observed
            judged.record = evidence.record
            judged.observed = evidence.observed
            return Policy.observed.verdict(on: judged).objections.map(\.code)
        }
        #expect(objections(known: Sample.right, found: Sample.right) == [])
        #expect(objections(known: Sample.right, found: Sample.wrong) == [.digestDiffers])
        #expect(objections(known: nil, found: Sample.right) == [.digestMissing])
    }
}
