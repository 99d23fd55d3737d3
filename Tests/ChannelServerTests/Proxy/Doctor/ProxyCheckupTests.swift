// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("Asking a proxy without a client", .timeLimit(.minutes(3)))
struct ProxyCheckupTests {
    private static func outcomes(_ proxy: TriedProxy) async -> [String: DoctorCheck.Outcome] {
        let id = TrialTests.id()
        let begun = await proxy.checkup.begin(id, version: "1")
        #expect(begun.outcome == .ok, "\(begun)")
        let checks = await proxy.checkup.trials(id)
        return Dictionary(uniqueKeysWithValues: checks.map { ($0.name, $0.outcome) })
    }

    @Test("A proxy that verifies passes all cases")
    func passes() async throws {
        let outcomes = await Self.outcomes(try TriedProxy())
        #expect(outcomes.count == TrialCase.allCases.count)
        #expect(outcomes.values.allSatisfy { $0 == .ok })
    }

    @Test("Who passes on what is bad fails in that case", arguments: TrialCase.allCases)
    func passesThrough(trialCase: TrialCase) async throws {
        let proxy = try TriedProxy { url in
            let isMeant = url.contains("/\(trialCase.rawValue)/") && url.hasSuffix(".conda")
            return isMeant ? ServiceResponse(status: 200, body: [1, 2, 3]) : nil
        }
        let outcomes = await Self.outcomes(proxy)
        for other in TrialCase.allCases {
            #expect(outcomes["trial.\(other.rawValue)"] == (other == trialCase ? .failed : .ok))
        }
    }

    @Test("Who refuses what is good fails, and so does who refuses everything without asking")
    func refuses() async throws {
        let one = try TriedProxy { url in
            url.contains("/good/") ? ServiceResponse(status: 403, body: Array("no\n".utf8)) : nil
        }
        #expect(await Self.outcomes(one)["trial.good"] == .failed)
        let all = try TriedProxy { url in
            url.contains("/c/") ? ServiceResponse(status: 403, body: Array("no\n".utf8)) : nil
        }
        #expect(await Self.outcomes(all).values.allSatisfy { $0 == .failed })
    }

    @Test("What is no Kingsnake proxy, or an old one, or was told not to, is told apart")
    func begins() async throws {
        func begin(_ proxy: TriedProxy, version: String = "1") async -> DoctorCheck {
            await proxy.checkup.begin(TrialTests.id(), version: version)
        }
        let other = await begin(
            try TriedProxy { _ in ServiceResponse(status: 200, body: Array("alive\n".utf8)) }
        )
        #expect(other.outcome == .failed && other.text.contains("is no Kingsnake proxy"))
        let none = await begin(try TriedProxy { _ in throw Failure(.network, "refused") })
        #expect(none.outcome == .failed && none.text.hasPrefix("nothing answers at"))
        let old = await begin(
            try TriedProxy { url in
                url.contains("/doctor/") ? ServiceResponse(status: 403, body: Array("code: x\n".utf8)) : nil
            }
        )
        #expect(old.outcome == .failed && old.text.contains("cannot be tried"))
        let off = await begin(try TriedProxy(hasTrials: false))
        #expect(off.outcome == .failed && off.code == "proxy.doctor-off")
        let newer = await begin(try TriedProxy(), version: "2")
        #expect(newer.outcome == .warning && newer.text.contains("version 1; this is 2"))
    }
}
