// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import Gatekeeper
import HTTPTypes
import HummingbirdTesting
import NIOCore
import TUF
import TestSupport
import Testing
import TrustCore

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
        let all = Set(try Self.alerts().matches(of: /kingsnake_[a-z_]+/).map { String($0.0) })
        let used = all.filter { !$0.hasPrefix("kingsnake_proxy_") }
        #expect(used.count >= 9)
        #expect(used.subtracting(shown) == used.intersection(later), "\(used.subtracting(shown))")
        #expect(later.allSatisfy { ServerMetrics.operationTexts[$0] != nil })
        let proxied = all.subtracting(used)
        #expect(proxied.count >= 3 && proxied.allSatisfy { ProxyTally.texts[$0] != nil }, "\(proxied)")
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
        let codes =
            CoreCode.allCases.map(\.rawValue) + TUFCode.allCases.map(\.rawValue)
            + LedgerCode.allCases.map(\.rawValue)
        let areas = alerts.matches(of: /code=~"\(([a-z|]+)\)/).flatMap { $0.1.split(separator: "|") }
        #expect(areas.count >= 3)
        for area in areas {
            #expect(codes.contains { $0.hasPrefix(area + ".") }, "\(area)")
        }
        for role in alerts.matches(of: /role=~"([^"]+)"/).flatMap({ $0.1.split(separator: "|") }) {
            #expect(["root", "targets", "snapshot", "timestamp", "delegated"].contains(String(role)))
        }
    }
}
