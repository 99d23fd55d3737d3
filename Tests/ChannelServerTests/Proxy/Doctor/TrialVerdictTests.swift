// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Testing

@testable import ChannelServer

@Suite("What came of offering a case to a client")
struct TrialVerdictTests {
    typealias Reception = TrialVerdict.Reception
    typealias Part = TrialReport.Part

    private static let package = "noarch/kingsnake-doctor-1.0-0.conda"

    private static func outcome(_ trialCase: TrialCase, _ reception: Reception, _ seen: Part)
        -> DoctorCheck.Outcome
    {
        TrialVerdict(trialCase: trialCase, reception: reception, seen: seen).check(of: "conda").outcome
    }

    @Test("Good is what was asked for at the proxy, passed on and installed; each part alone is not enough")
    func good() {
        let installed = Reception(status: 0, isInstalled: true)
        let passed = Part(requests: 2, admitted: [Self.package], codes: [])
        #expect(Self.outcome(.good, installed, passed) == .ok)
        for (reception, seen) in [
            (installed, Part(requests: 0, admitted: [Self.package], codes: [])),
            (installed, Part(requests: 2, admitted: [], codes: [])),
            (installed, Part(requests: 2, admitted: [Self.package], codes: ["digest.mismatch"])),
            (Reception(status: 1, isInstalled: true), passed),
            (Reception(status: nil, isInstalled: true), passed),
            (Reception(status: 0, isInstalled: false), passed),
        ] {
            #expect(Self.outcome(.good, reception, seen) == .failed)
        }
    }

    @Test(
        "Bad is refused by its code and no other, and not installed, and the client says so",
        arguments: TrialCase.allCases.filter { $0 != .good }
    )
    func bad(trialCase: TrialCase) throws {
        let code = try #require(trialCase.expected)
        let refused = Part(requests: 1, admitted: [], codes: [code])
        let failed = Reception(status: 1, isInstalled: false)
        #expect(Self.outcome(trialCase, failed, refused) == .ok)
        for (reception, seen) in [
            (failed, Part(requests: 0, admitted: [], codes: [code])),
            (failed, Part(requests: 1, admitted: [], codes: [])),
            (failed, Part(requests: 1, admitted: [], codes: ["tuf.expired"])),
            (failed, Part(requests: 1, admitted: [], codes: [code, "tuf.expired"])),
            (Reception(status: 0, isInstalled: false), refused),
            (Reception(status: 1, isInstalled: true), refused),
            (Reception(status: 0, isInstalled: true), refused),
        ] {
            #expect(Self.outcome(trialCase, reception, seen) == .failed)
        }
    }

    @Test("A tunnel must have been asked for, and in vain")
    func tunnel() {
        func outcome(_ status: Int32, _ isInstalled: Bool, _ tunnels: Int) -> DoctorCheck.Outcome {
            let reception = Reception(status: status, isInstalled: isInstalled)
            return TrialVerdict.tunnel("conda", reception, tunnels: tunnels).outcome
        }
        #expect(outcome(1, false, 2) == .ok)
        #expect(outcome(1, false, 0) == .failed)
        #expect(outcome(0, false, 2) == .failed)
        #expect(outcome(1, true, 2) == .failed)
    }
}
