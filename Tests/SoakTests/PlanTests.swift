// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Testing

@testable import Soak

@Suite("Plans of a soak")
struct PlanTests {
    @Test("A seed and a round's number make the same plan again, others another one")
    func replay() {
        for number in 1...50 {
            #expect(RoundPlan(number, seed: 7) == RoundPlan(number, seed: 7))
            #expect(RoundPlan(number, seed: 7).seed != RoundPlan(number, seed: 8).seed)
        }
    }

    @Test(
        "The rounds of the short soak have kills at work, a stop, a full disk, an audit and hostile clients"
    )
    func short() {
        let plans = (8...14).map { RoundPlan($0, seed: 11) }
        #expect(plans.contains { if case .kill(.sent) = $0.end { true } else { false } })
        #expect(plans.contains { if case .kill(.minting) = $0.end { true } else { false } })
        #expect(plans.contains { if case .kill(.stopping) = $0.end { true } else { false } })
        #expect(plans.contains { if case .terminate = $0.end { true } else { false } })
        #expect(plans.contains { $0.fault == .full } && plans.contains { $0.isAudited })
        #expect(plans.contains { $0.isHostile } && plans.contains { $0.isSwept })
    }

    @Test("In some hundred rounds every kind of end and of fault is there")
    func variety() {
        let plans = (1...300).map { RoundPlan($0, seed: 3) }
        for fault in RoundPlan.Fault.allCases { #expect(plans.contains { $0.fault == fault }) }
        let ends = Set(plans.map { String("\($0.end)".prefix { $0.isLetter || $0 == "(" || $0 == "." }) })
        #expect(ends.count >= 5, "\(ends)")
        #expect(
            plans.contains { $0.isHostile } && plans.contains { $0.isSwept }
                && plans.contains { $0.isAudited }
        )
    }
}
