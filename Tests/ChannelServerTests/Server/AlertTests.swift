// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import TestSupport
import Testing

@testable import ChannelServer

@Suite("Alerts over the metrics")
struct AlertTests {
    private static func alerts() throws -> String {
        let path = SharedData.checkout + "/deploy/alerts.yml"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        return text.split(separator: "\n").filter { !$0.drop { $0 == " " }.hasPrefix("#") }.joined(
            separator: "\n"
        )
    }

    @Test("Every metric that an alert looks at is described, and shown by a server that has it")
    func metrics() async throws {
        let scene = try await IndexScene()
        try await scene.publish([try FixturePackage("a-1-0.conda")])
        try await scene.intake.accept(try await scene.firstCeremony())
        try await scene.index()
        let routes = MetricsRoutes(parts: scene.server.parts, isPublic: true)
        _ = try await scene.server.ask([routes], .get, "/nothing")
        let text = String(buffer: try await scene.server.ask([routes], .get, "/metrics").body)
        let shown = Set(text.matches(of: #/(?m)^\# HELP ([a-z_]+)\s/#).map { String($0.1) })
        // Shown after the first update of an instance's keys: see HostedSigstoreKeysTests.
        let later: Set = ["kingsnake_sigstore_keys_expiry_time_seconds"]
        let used = Set(try Self.alerts().matches(of: /kingsnake_[a-z_]+/).map { String($0.0) })
        #expect(used.count >= 9)
        #expect(used.subtracting(shown) == used.intersection(later), "\(used.subtracting(shown))")
        #expect(later.allSatisfy { ServerMetrics.operationTexts[$0] != nil })
    }

    @Test("Every label that an alert looks for is one that the server gives")
    func labels() throws {
        let alerts = try Self.alerts()
        let faults = alerts.matches(of: /fault="([^"]+)"/).map { String($0.1) }
        #expect(faults.count >= 4)
        for fault in faults { #expect(ServerCondition.Fault(rawValue: fault) != nil, "\(fault)") }
        for outcome in alerts.matches(of: /outcome="([^"]+)"/).map({ String($0.1) }) {
            #expect(["accepted", "attested", "unchanged", "refused", "failed"].contains(outcome))
        }
        for role in alerts.matches(of: /role=~"([^"]+)"/).flatMap({ $0.1.split(separator: "|") }) {
            #expect(["root", "targets", "snapshot", "timestamp", "delegated"].contains(String(role)))
        }
    }
}
