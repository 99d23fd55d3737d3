// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import Transport
import TrustCore
import TrustPolicy

@testable import Gatekeeper

@Suite("Sidecars from mirrors")
struct SidecarMirrorTests {
    /// What a mirror does to requests for sidecars, and the code that it is reported with.
    struct Fault: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let behaviour: ServerBehaviour
        let code: String?
    }

    static let faults = [
        Fault(testDescription: "withheld", behaviour: .status(404), code: nil),
        Fault(testDescription: "out of order", behaviour: .status(503), code: nil),
        Fault(testDescription: "cut off", behaviour: .truncate(at: 10), code: nil),
        Fault(testDescription: "altered", behaviour: .altered, code: "attestation.sidecar-digest"),
        Fault(testDescription: "a web page", behaviour: .replace([0x3C]), code: "attestation.sidecar-digest"),
        Fault(testDescription: "endless", behaviour: .endless, code: "limit.too-large"),
    ]

    private static func script(_ fault: Fault) -> LoopbackServer.Script {
        { $0.path.contains(".sigs") ? fault.behaviour : .normal }
    }

    @Test(
        "A mirror that does not have the right one is reported and left for the next one",
        arguments: faults
    )
    func failover(_ fault: Fault) async throws {
        let scene = try await AttestedScene.good()
        try await LoopbackServer.serving(scene.fixture.directory, script: Self.script(fault)) { bad in
            let url = scene.user.url(of: scene.package)
            let (admission, reports) = try await scene.withGate([bad.url, scene.url]) {
                try await $0.admit(PackageRequest(url))
            }
            #expect(AttestedScene.Outcome(admission) == .admitted)
            #expect(reports.map(\.mirror) == [bad.url] && reports.map(\.code) == [fault.code])
        }
    }

    @Test("A network that does not answer is a failure, and no word on attestations", arguments: [503, 500])
    func trouble(_ status: Int) async throws {
        for isPromised in [true, false] {
            var scene = try await AttestedScene.good()
            if !isPromised {
                scene.fixture.packages[0].recordChanges = [:]
                try await scene.fixture.publish()
            }
            let fault = Fault(testDescription: "", behaviour: .status(status), code: nil)
            try await LoopbackServer.serving(scene.fixture.directory, script: Self.script(fault)) { bad in
                let error = await #expect(throws: Failure.self) { try await scene.outcome(from: [bad.url]) }
                #expect(error?.kind == .network)
            }
        }
    }

    @Test("Where nobody demands an attestation, trouble with a promised one is told, and decides nothing")
    func undemandedTrouble() async throws {
        var scene = try await AttestedScene()
        try await scene.attest([scene.bundle()])
        scene.interest = .promised
        let fault = Fault(testDescription: "", behaviour: .status(503), code: nil)
        try await LoopbackServer.serving(scene.fixture.directory, script: Self.script(fault)) { bad in
            let admission = try #require(try await scene.admit(from: [bad.url]).first)
            #expect(AttestedScene.Outcome(admission) == AttestedScene.Outcome())
            guard case .unknown? = admission.verdict.evidence?.sidecar else {
                Issue.record("\(String(describing: admission.verdict.evidence?.sidecar))")
                return
            }
            let finding = try #require(admission.verdict.findings.first { $0.rule == "attested" })
            #expect(finding.outcome == .notApplicable && finding.reason.contains("could not find out"))
            // Demanded, be it for a warning only or by first use, it is a failure.
            try scene.demandByUser(AttestedScene.entry(), mode: .warn)
            await #expect(throws: Failure.self) { try await scene.admit(from: [bad.url]) }
            try scene.demandByUser(firstUse: true)
            await #expect(throws: Failure.self) { try await scene.admit(from: [bad.url]) }
        }
    }

    @Test("That it is not there is believed only if every mirror says so")
    func denial() async throws {
        let scene = try await AttestedScene.good()
        try scene.fixture.folder.remove(scene.sidecarPath)
        let fault = Fault(testDescription: "", behaviour: .status(503), code: nil)
        try await LoopbackServer.serving(scene.fixture.directory, script: Self.script(fault)) { down in
            let error = await #expect(throws: Failure.self) {
                try await scene.outcome(from: [scene.url, down.url])
            }
            #expect(error?.kind == .network)
        }
        try await LoopbackServer.serving(scene.fixture.directory) { other in
            let outcome = try await scene.outcome(from: [scene.url, other.url])
            #expect(outcome.code == "attested.stripped" && outcome.sidecar == "gate.sidecar-missing")
        }
    }

    @Test("Where none is promised, one mirror's word that there is none is enough")
    func absence() async throws {
        var scene = try await AttestedScene.good()
        scene.fixture.packages[0].recordChanges = [:]
        try await scene.fixture.publish()
        let fault = Fault(testDescription: "", behaviour: .status(503), code: nil)
        try await LoopbackServer.serving(scene.fixture.directory, script: Self.script(fault)) { down in
            let outcome = try await scene.outcome(from: [down.url, scene.url])
            #expect(outcome == AttestedScene.Outcome(code: "attested.missing"))
        }
    }

    @Test("A mirror that lacks the sidecar is still asked for the package")
    func isStillAsked() async throws {
        let scene = try await AttestedScene.good()
        try await LoopbackServer.serving(scene.fixture.directory) {
            $0.path.contains(".sigs") ? .status(404) : .normal
        } _: { first in
            try await LoopbackServer.serving(scene.fixture.directory) {
                $0.path.hasSuffix(".conda") ? .status(404) : .normal
            } _: { second in
                let outcome = try await scene.outcome(from: [first.url, second.url])
                #expect(outcome == .admitted)
            }
        }
    }
}
