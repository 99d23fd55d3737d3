// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import HTTPTypes
import HummingbirdTesting
import NIOCore
import Synchronization
import TestSupport
import Testing
import Transport
import TrustCore

@testable import ChannelServer

@Suite("Refusal codes of the proxy")
struct ProxyCodeCoverageTests {
    /// The smallest request that breaks each rule: method, target, field.
    static let provocations: [ProxyCode: (HTTPRequest.Method, String, HTTPFields)] = [
        .path: (.get, "http://conda.example.org/main/%2e%2e/linux-64/repodata.json", [:]),
        .notAChannelFile: (.get, "http://conda.example.org/main/linux-64/x", [:]),
        .notServed: (.get, "http://conda.example.org/main/linux-64/run_exports.json", [:]),
        .notListed: (.get, "http://conda.example.org/main/osx-64/repodata.json", [:]),
        .unknownChannel: (.get, "http://conda.example.org/other/linux-64/repodata.json", [:]),
        .tunnel: (.connect, "conda.example.org:443", [:]),
        .loop: (.get, ProxyScene.whole, [.via: "1.0 other, 1.1 kingsnake-test"]),
        .foreignPage: (.get, ProxyScene.whole, [.origin: "https://page.example.net"]),
        .credentials: (.get, ProxyScene.whole, [.authorization: "Digest x"]),
        .method: (.post, ProxyScene.whole, [:]),
        .doctorOff: (
            .get, "http://127.0.0.1:0/_kingsnake/doctor/00112233445566778899aabbccddeeff", TrialTests.field
        ),
        .accessRefused: (.get, ProxyScene.whole, [:]),
    ]

    @Test("A page of another site gets nothing fetched; who opens the address itself does")
    func pages() async throws {
        let field = try #require(HTTPField.Name("Sec-Fetch-Site"))
        for (site, status) in [("cross-site", 403), ("same-site", 403), ("same-origin", 200), ("none", 200)] {
            let answer = try await ProxyScene().ask(.get, ProxyScene.whole, [field: site])
            #expect(answer.status.code == status, "\(site)")
        }
    }

    @Test("Each code is provoked by the smallest request that breaks its rule", arguments: ProxyCode.allCases)
    func eachCodeIsProvoked(code: ProxyCode) async throws {
        #expect(code.defects(in: "proxy.").isEmpty)
        let scene = try ProxyScene()
        guard code != .foreignHost else {
            // Only on a socket does a request have the host that it likes.
            let answers = try await scene.live { port in
                try await ProxyScene.exchange(
                    "GET \(ProxyScene.path) HTTP/1.1\r\nHost: rebound.example.net\r\nConnection: close\r\n\r\n",
                    port
                )
            }
            #expect(answers.first?.status == 403)
            #expect(answers.first?.text.contains("\ncode: proxy.foreign-host\n") == true)
            return
        }
        if code == .accessRefused {
            let denial = Failure(.network, "status 403", at: "https://h", cause: TransferFault.status(403))
            scene.channel { $0.viewError = denial }
        }
        let (method, target, fields) = try #require(Self.provocations[code])
        let answer = try await scene.ask(method, target, fields)
        #expect(answer.status == code.httpStatus)
        #expect(String(buffer: answer.body).contains("\ncode: \(code.rawValue)\n"))
        #expect(scene.tally.summary.refused.map(\.code) == [code.rawValue])
        #expect(scene.lines.all.contains { $0.contains("code=\(code.rawValue)") })
        #expect(scene.tally.summary.exitStatus == 0)
        #expect(scene.channel.behaviour.withLock { $0.admissions } == 0)
    }
}
