// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import HTTPTypes
import Synchronization
import TestSupport
import Testing
import TrustCore
import TrustPolicy

@testable import ChannelServer

/// The proxy on a real socket: what only shows there.
@Suite("Connections to the proxy", .serialized, .timeLimit(.minutes(3)))
struct ProxyConnectionTests {
    private static let end = "Connection: close\r\n\r\n"

    private static func patient(beat: Double = 0.1, short: Double = 0.4) -> ProxyPatience {
        var patience = ProxyPatience()
        patience.beatSeconds = beat
        patience.shortSeconds = short
        return patience
    }

    @Test(
        "A whole URL is understood as it was sent, whatever the field `Host` says, and cannot be forged in a field"
    )
    func wholeURLs() async throws {
        let scene = try ProxyScene()
        let bytes = scene.bytes
        try await scene.live { port in
            for head in [
                "GET \(ProxyScene.whole) HTTP/1.1\r\nHost: conda.example.org\r\n",
                "GET \(ProxyScene.whole) HTTP/1.1\r\nHost: evil.example.net\r\n",
                "GET http://127.0.0.1:\(port)\(ProxyScene.path) HTTP/1.1\r\nHost: x\r\n",
                "GET \(ProxyScene.path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n",
                "GET \(ProxyScene.whole) HTTP/1.0\r\n",
            ] {
                let answers = try await ProxyScene.exchange(head + Self.end, port)
                #expect(answers.map(\.status) == [200], "\(head)")
                #expect(answers.first?.body == bytes)
            }
            let forged = try await ProxyScene.exchange(
                "GET /x HTTP/1.1\r\nHost: 127.0.0.1\r\nKingsnake-Target: \(ProxyScene.whole)\r\n" + Self.end,
                port
            )
            #expect(forged.map(\.status) == [403])
            let itself =
                "GET /c/http/127.0.0.1:\(port)/c/https/h/linux-64/repodata.json HTTP/1.1\r\nHost: localhost\r\n"
            #expect(
                try await ProxyScene.exchange(itself + Self.end, port).first?.text.contains("proxy.loop")
                    == true
            )
        }
    }

    @Test("A tunnel is refused in words, and nothing that follows is read")
    func tunnels() async throws {
        let scene = try ProxyScene(acceptsAny: true)
        try await scene.live { port in
            let answers = try await ProxyScene.exchange(
                "CONNECT conda.example.org:443 HTTP/1.1\r\nHost: conda.example.org:443\r\n\r\n"
                    + "GET \(ProxyScene.whole) HTTP/1.1\r\nHost: x\r\n\r\n",
                port
            )
            #expect(answers.map(\.status) == [403])
            #expect(answers.first?.text.contains("code: proxy.tunnel") == true)
            #expect(answers.first?.text.contains("`http://`") == true)
            #expect(answers.first?["connection"] == "close")
        }
    }

    @Test("Requests on one connection are answered in their order, and refusals leave it open")
    func pipelined() async throws {
        let scene = try ProxyScene()
        try await scene.live { port in
            let host = "Host: conda.example.org\r\n"
            let answers = try await ProxyScene.exchange(
                "GET \(ProxyScene.whole) HTTP/1.1\r\n\(host)\r\nGET http://h/x HTTP/1.1\r\n\(host)\r\n"
                    + "GET \(ProxyScene.whole) HTTP/1.1\r\n\(host)Range: bytes=0-1\r\n" + Self.end,
                port
            )
            #expect(answers.map(\.status) == [200, 403, 206])
        }
    }

    @Test("Two hundred at once are all answered, and the package is fetched and verified once")
    func manyAtOnce() async throws {
        let scene = try ProxyScene()
        scene.channel { $0.delay = .milliseconds(300) }
        let bytes = scene.bytes
        try await scene.live { port in
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<200 {
                    group.addTask {
                        let request = "GET \(ProxyScene.whole) HTTP/1.1\r\nHost: x\r\n" + Self.end
                        return try await ProxyScene.exchange(request, port).first?.body == bytes
                    }
                }
                for try await isWhole in group { #expect(isWhole) }
            }
        }
        #expect(scene.channel.behaviour.withLock { $0.fetches } == 1)
        #expect(scene.tally.summary.requests == 200)
        #expect(scene.tally.summary.admitted.count == 1)
    }

    @Test("While a package is verified its client hears of us, gets no byte of it, and then the verdict")
    func interim() async throws {
        for isRefused in [false, true] {
            let scene = try ProxyScene(patience: Self.patient())
            scene.channel { state in
                state.delay = .milliseconds(700)
                let finding = Finding("attested", PolicyCode.attestationMissing, "nobody attests to it")
                if isRefused { state.objections = [ProxyScene.package: finding] }
            }
            try await scene.live { port in
                let request = "GET \(ProxyScene.whole) HTTP/1.1\r\nHost: x\r\n"
                let bytes = try await RawConnection.exchangeBytes(
                    Array((request + Self.end).utf8),
                    port: port
                )
                #expect(RawAnswer.interim(100, in: bytes) >= 2)
                #expect(RawAnswer.all(in: bytes).map(\.status) == [isRefused ? 403 : 200])
                scene.channel { $0.fetched = [] }
                // A client of HTTP/1.0 would take an interim answer for the answer.
                let old = try await RawConnection.exchangeBytes(
                    Array("GET \(ProxyScene.whole) HTTP/1.0\r\n\r\n".utf8),
                    port: port
                )
                #expect(RawAnswer.interim(100, in: old) == 0)
                #expect(RawAnswer.all(in: old).map(\.status) == [isRefused ? 403 : 200])
            }
        }
    }

    @Test("A client that counts bytes only is told to come again, and finds it done")
    func impatient() async throws {
        let scene = try ProxyScene(patience: Self.patient())
        scene.channel { $0.delay = .milliseconds(900) }
        try await scene.live { port in
            let request =
                "GET \(ProxyScene.whole) HTTP/1.1\r\nHost: x\r\nUser-Agent: libmamba/2.0\r\n" + Self.end
            let first = try await ProxyScene.exchange(request, port)
            #expect(first.map(\.status) == [503])
            #expect(first.first?["retry-after"] == "5")
            var last = 503
            for _ in 0..<5 where last == 503 {
                last = try await ProxyScene.exchange(request, port).first?.status ?? 0
            }
            #expect(last == 200)
        }
        #expect(scene.tally.summary.refused.isEmpty)
    }

    @Test("A client that goes away, or takes nothing, costs nobody else anything")
    func goneAway() async throws {
        let scene = try ProxyScene(patience: Self.patient(beat: 0.05)) { settings in
            settings.limits.stallSeconds = 1
            settings.limits.idleSeconds = 1
        }
        scene.channel { $0.delay = .milliseconds(500) }
        let tally = scene.tally
        try await scene.live { port in
            let gone = try RawConnection(port: port), silent = try RawConnection(port: port)
            gone.send("GET \(ProxyScene.whole) HTTP/1.1\r\nHost: x\r\n\r\n")
            gone.close()
            silent.send("GET \(ProxyScene.whole) HTTP/1.1\r\nHo")
            let request = "GET \(ProxyScene.whole) HTTP/1.1\r\nHost: x\r\n" + Self.end
            #expect(try await ProxyScene.exchange(request, port).map(\.status) == [200])
            #expect(await silent.read().isEmpty)
            silent.close()
            while !tally.metrics.text.contains("abandoned_total") {
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    @Test("Heads that HTTP forbids are refused, and the proxy goes on")
    func badHeads() async throws {
        let scene = try ProxyScene()
        try await scene.live { port in
            for head in [
                "GET ftp://h/x HTTP/1.1\r\nHost: x\r\n\r\n", "GET h/x HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET \(ProxyScene.whole) HTTP/1.1\r\n\r\n",
                "GET \(ProxyScene.whole) HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                "GET /\(String(repeating: "a", count: 40_000)) HTTP/1.1\r\nHost: x\r\n\r\n", "\u{0}\r\n\r\n",
                "CONNECT /x HTTP/1.1\r\nHost: x\r\n\r\n",
                "POST /x HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx",
            ] {
                let answer = try await ProxyScene.exchange(head, port).first
                #expect((400..<500).contains(answer?.status ?? 400), "\(head.prefix(60))")
            }
            let request = "GET \(ProxyScene.whole) HTTP/1.1\r\nHost: x\r\n" + Self.end
            #expect(try await ProxyScene.exchange(request, port).map(\.status) == [200])
        }
    }
}
