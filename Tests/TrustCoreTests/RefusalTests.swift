// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Testing
import TrustCore

@Suite("Refusals and failures")
struct RefusalTests {
    @Test("A refusal's line has what, why, where, expected, found and the code")
    func description() {
        let refusal = Refusal(CoreCode.digestMismatch, "a.conda", at: "mirror", expected: "x", found: "y")
        #expect(
            refusal.description
                == "refused `a.conda`: the bytes are not the ones that were promised at mirror, "
                + "expected x, found y [digest.mismatch]"
        )
        #expect(refusal.remedy == CoreCode.digestMismatch.entry.remedy)
    }

    @Test("A location is added only where there is none")
    func located() {
        let refusal = Refusal(CoreCode.tooLarge, "a")
        #expect(refusal.located(at: "here").location == "here")
        #expect(refusal.located(at: "here").located(at: "there").location == "here")
    }

    @Test("A refusal about another subject keeps the old one as its location")
    func about() {
        let refusal = Refusal(CoreCode.tooLarge, "file").about("package")
        #expect(refusal.subject == "package")
        #expect(refusal.location == "file")
        #expect(Refusal(CoreCode.tooLarge, "file", at: "here").about("package").location == "here")
    }

    @Test("What a refusal quotes is cut, between characters", arguments: ["x", "é", "\u{1F40D}"])
    func cut(character: String) {
        let long = String(repeating: character, count: 100_000)
        let refusal = Refusal(CoreCode.tooLarge, long, at: long, expected: long, found: long)
        for text in [refusal.subject, refusal.location, refusal.expected, refusal.found] {
            #expect(text?.utf8.count ?? 0 <= Refusal.maximumTextLength + 3 && text?.last == "…")
            #expect(text?.dropLast().allSatisfy { String($0) == character } == true)
        }
        #expect(refusal.about(long).located(at: "here").location == refusal.location)
        let short = String(repeating: "x", count: Refusal.maximumTextLength)
        #expect(Refusal(CoreCode.tooLarge, short).subject == short)
    }

    @Test("Refusals are told apart by code")
    func codes() {
        let refusal = Refusal(CoreCode.tooLarge, "a", remedy: "wait")
        #expect(refusal.is(CoreCode.tooLarge))
        #expect(!refusal.is(CoreCode.jsonSyntax))
        #expect(refusal.remedy == "wait")
    }

    @Test("Sorts of refusal have the documented exit statuses")
    func exitStatuses() {
        #expect(RefusalKind.allCases.map(\.exitStatus) == [1, 3, 4, 5])
    }

    @Test("A failure's line has its sort, what happened and where")
    func failure() {
        let failure = Failure(.network, "no answer", at: "URL", cause: Failure(.disk, "full"))
        #expect(failure.description == "network: no answer (URL): disk: full")
    }
}
