// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import NIOCore
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("Limits of the server")
struct LimitTests {
    private static let start = Timestamp(seconds: 1_800_000_000)

    private static func limits(_ change: (inout ServerLimits) -> Void) -> ServerLimits {
        var limits = ServerLimits()
        change(&limits)
        return limits
    }

    @Test(
        "A connection is left when its client keeps the server waiting, and never while the server is at work"
    )
    func connections() {
        let limits = Self.limits {
            ($0.idleSeconds, $0.stallSeconds, $0.uploadBytesPerSecond) = (10, 20, 100)
        }
        func at(_ second: Int) -> NIODeadline { .uptimeNanoseconds(UInt64(second) * 1_000_000_000) }
        var idle = ConnectionState(limits, now: at(0))
        let idled = [9, 10].map { idle.isAbandoned(unsent: 0, now: at($0)) }
        #expect(idled == [false, true])

        var answering = ConnectionState(limits, now: at(0))
        answering.requestBegan(now: at(1))
        answering.requestEnded()
        var answered = [answering.isAbandoned(unsent: 0, now: at(1000))]
        answering.answerEnded(now: at(1000))
        answered += [1009, 1010].map { answering.isAbandoned(unsent: 0, now: at($0)) }
        #expect(answered == [false, false, true])

        var uploading = ConnectionState(limits, now: at(0))
        uploading.requestBegan(now: at(0))
        uploading.isReading = true
        uploading.received(2000)
        var uploaded = [uploading.isAbandoned(unsent: 0, now: at(20))]
        uploading.received(1999)
        uploaded.append(uploading.isAbandoned(unsent: 0, now: at(40)))
        #expect(uploaded == [false, true])

        // Not the client's fault: the server does not take what it sends.
        var slowServer = ConnectionState(limits, now: at(0))
        slowServer.requestBegan(now: at(0))
        let waited = slowServer.isAbandoned(unsent: 0, now: at(500))
        #expect(!waited)

        var taking = ConnectionState(limits, now: at(0))
        taking.requestBegan(now: at(0))
        taking.requestEnded()
        taking.written += 1
        let taken = [(5000, 15), (4999, 30), (4999, 49), (4999, 50)].map {
            taking.isAbandoned(unsent: $0.0, now: at($0.1))
        }
        #expect(taken == [false, false, false, true])
    }

    @Test("Settings are read from the folder, and what is not understood in them is no default")
    func settings() throws {
        let folder = try TemporaryFolder()
        #expect(try ServerSettings(directory: folder.path) == ServerSettings())
        try folder.write(
            Array(
                #"{"schema":1,"host":"::","port":0,"public_url":"https://x","tls":{"certificate":"c","key":"/k"},"#
                    .utf8
            ) + Array(#""public_metrics":true,"limits":{"connections":7,"drain_seconds":0,"#.utf8)
                + Array(#""disk_reserve_bytes":5,"key_request_burst":6},"trusted_root":"staging","#.utf8)
                + Array(#""quotas":{"channel_bytes":8,"channel_files":9}}"#.utf8),
            to: "server.json"
        )
        var expected = ServerSettings()
        (expected.host, expected.port, expected.publicURL) = ("::", 0, "https://x")
        expected.tls = ServerSettings.TLSFiles(certificate: folder.path + "/c", key: "/k")
        expected.hasPublicMetrics = true
        (expected.limits.connections, expected.limits.drainSeconds) = (7, 0)
        (expected.limits.diskReserveBytes, expected.limits.keyRequestBurst) = (5, 6)
        expected.trustedRoot = "staging"
        expected.quota = ChannelQuota(bytes: 8, files: 9)
        #expect(try ServerSettings(directory: folder.path) == expected)
        let wrong = [
            "", "[]", "{}", #"{"schema":2}"#, #"{"schema":1,"hots":"x"}"#, #"{"schema":1,"port":70000}"#,
            #"{"schema":1,"port":-1}"#, #"{"schema":1,"limits":{"connections":0}}"#,
            #"{"schema":1,"limits":{"conections":1}}"#, #"{"schema":1,"tls":{"certificate":"c"}}"#,
            #"{"schema":1,"quotas":{"channel_bytes":-1}}"#, #"{"schema":1,"quotas":{"bytes":1}}"#,
            #"{"schema":1,"schema":1}"#, #"{"schema":1,"limits":{"stall_seconds":1e3}}"#,
        ]
        for text in wrong {
            try folder.write(Array(text.utf8), to: "server.json")
            #expect(throws: Failure.self, "\(text)") { try ServerSettings(directory: folder.path) }
        }
    }

    @Test("Numbers are written as Prometheus reads them, in a fixed order")
    func metrics() {
        let metrics = ServerMetrics()
        metrics.describe("a_total", "Things.")
        metrics.add("a_total", ["b": "x\"\\\ny"])
        metrics.add("a_total", ["b": "a"], 2.5)
        metrics.change("g", by: 2)
        metrics.change("g", by: -1)
        metrics.set("s", to: 7)
        metrics.time("t", seconds: 0.02)
        #expect(
            metrics.text == """
                # HELP a_total Things.
                # TYPE a_total counter
                a_total{b="a"} 2.5
                a_total{b="x\\"\\\\\\ny"} 1
                # HELP g Not described.
                # TYPE g gauge
                g 1
                # HELP s Not described.
                # TYPE s gauge
                s 7
                # HELP t Not described.
                # TYPE t histogram
                t_bucket{le="0.001"} 0
                t_bucket{le="0.005"} 0
                t_bucket{le="0.025"} 1
                t_bucket{le="0.1"} 1
                t_bucket{le="0.5"} 1
                t_bucket{le="2.5"} 1
                t_bucket{le="10"} 1
                t_bucket{le="60"} 1
                t_bucket{le="+Inf"} 1
                t_count 1
                t_sum 0.02

                """
        )
    }
}
