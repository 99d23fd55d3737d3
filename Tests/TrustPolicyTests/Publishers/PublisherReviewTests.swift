// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Testing
import TrustCore
import TrustPolicy

@Suite("What verdicts show of publishers")
struct PublisherReviewTests {
    private typealias Sample = AttestationSamples

    private static func review(_ evidence: Evidence) throws -> PublisherReview {
        try #require(Policy.standard.verdict(on: evidence).publisherReview)
    }

    @Test("An allowed attestation is shown whole, with the publisher that its signer is")
    func allowed() throws {
        let publisher = try Sample.publisher()
        let review = try Self.review(
            Sample.evidence(owner: try Sample.entry([publisher]), [Sample.github()])
        )
        #expect(review.demands.map(\.source) == [.owner] && review.demands.allSatisfy(\.isMet))
        let seen = try #require(review.seen.first)
        #expect(seen.attestation == Sample.github() && !seen.isForOtherChannel)
        guard case .allowed(let found)? = seen.answers.first?.result else {
            Issue.record("\(seen.answers)")
            return
        }
        #expect(found == publisher && review.comparison == nil && !review.decidesByFirstUse)
    }

    @Test("A signer who is nobody of the entry is shown with what is different")
    func notAllowed() throws {
        let entry = try Sample.entry([try Sample.publisher()])
        let review = try Self.review(Sample.evidence(owner: entry, [Sample.github("mallory/x")]))
        #expect(review.demands.map(\.isMet) == [false])
        guard case .notAllowed(let mismatch)? = review.seen.first?.answers.first?.result else {
            Issue.record("\(review.seen)")
            return
        }
        #expect(mismatch.code == .otherIdentity)
    }

    @Test("Where nobody demands anything attestations are shown, and nothing is said of them")
    func nobodyAsks() throws {
        let review = try Self.review(EvidenceSamples.good { $0.attestations = [Sample.github()] })
        #expect(review.demands.isEmpty && review.known == nil && !review.decidesByFirstUse)
        #expect(review.seen.count == 1 && review.seen.allSatisfy(\.answers.isEmpty))
    }
}
