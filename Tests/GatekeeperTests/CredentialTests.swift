// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TestSupport
import Testing
import Transport
import TrustCore

@testable import Gatekeeper

@Suite("Credentials of channels and mirrors")
struct CredentialTests {
    /// What a mirror does, so that every kind of error is thrown once.
    static let misdeeds: [@Sendable (LoopbackRequest) -> ServerBehaviour] = [
        { $0.path.hasSuffix("timestamp.json") ? .replace([1]) : .normal },
        { $0.path.hasSuffix("timestamp.json") ? .status(404) : .normal },
        { $0.path.hasSuffix("timestamp.json") ? .status(503) : .normal },
        { $0.path.contains(".repodata") ? .altered : .normal },
        { $0.path.contains(".repodata") ? .status(404) : .normal },
        { $0.path.contains("/shards/") ? .altered : .normal },
        { $0.path.hasSuffix(".conda") ? .altered : .normal },
        { $0.path.hasSuffix(".conda") ? .truncate(at: 3) : .normal },
        { $0.path.hasSuffix(".conda") ? .redirect(to: "gopher://elsewhere/") : .normal },
    ]

    @Test(
        "They are sent, and stand in no error and no report, whatever goes wrong",
        arguments: misdeeds.indices
    )
    func stayOut(_ number: Int) async throws {
        let package = try FixturePackage.sample()
        let fixture = try await ChannelFixture(packages: [package])
        try await LoopbackServer.serving(fixture.directory, script: Self.misdeeds[number]) { server in
            // No mirror is named, so that the canonical URL, credentials and all, is the one that is asked.
            let url = "http://user:secret@127.0.0.1:\(server.port)"
            let scene = try GateScene(pinning: fixture, as: url)
            let recorder = ReportRecorder()
            let error = await #expect(throws: (any Error).self) {
                try await scene.withGate([]) {
                    $0.observer = recorder
                } _: {
                    try await $0.admit(PackageRequest(scene.url(of: package)))
                }
            }
            #expect(server.requests.allSatisfy { $0.header("Authorization") == "Basic dXNlcjpzZWNyZXQ=" })
            let reports = recorder.reports
            #expect(!reports.isEmpty)
            for text in ["\(String(describing: error))", String(reflecting: error), "\(reports)"] {
                #expect(!text.contains("secret"), "\(text)")
            }
        }
    }
}
