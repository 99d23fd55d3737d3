// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Testing
import TrustCore

@testable import ChannelServer

@Suite("Limits of requests")
struct RequestLimiterTests {
    private let start = Timestamp(seconds: 1_800_000_000)

    private func limiter(_ burst: Double, _ perSecond: Double, capacity: Int = 100) -> RequestLimiter {
        let rate = RequestAllowance(burst: burst, perSecond: perSecond)
        return RequestLimiter(
            RequestAllowances(key: rate, address: rate, unknownKey: rate),
            capacity: capacity
        )
    }

    /// How long somebody must wait; nil if they need not.
    private func wait(_ body: () throws -> Void) -> Int64? {
        do {
            try body()
            return nil
        } catch { return (error as? RequestsTooFast)?.seconds ?? -1 }
    }

    @Test("A bucket gives its burst, then as many as are filled in, and says how long to wait")
    func bucket() {
        let limiter = limiter(3, 0.5)
        let ask = { (after: Int64) in
            wait { try limiter.admit(.anonymous, from: "192.0.2.1", now: start.advanced(bySeconds: after)) }
        }
        #expect([ask(0), ask(0), ask(0), ask(0)] == [nil, nil, nil, 2])
        #expect(ask(1) == 1)
        #expect(ask(2) == nil)
        #expect(ask(2) == 2)
        #expect([ask(100), ask(100), ask(100), ask(100)] == [nil, nil, nil, 2])
        // A clock that goes back fills nothing, and does not keep anybody out for ever.
        #expect(ask(50) == 2)
        #expect(ask(52) == nil)
    }

    @Test(
        "Who is counted together",
        arguments: [
            ("192.0.2.1", "192.0.2.1", true), ("192.0.2.1", "192.0.2.2", false),
            ("2001:db8::1", "2001:db8::ffff", true), ("2001:db8::1", "2001:db8:0:1::1", false),
            ("192.0.2.1", "::ffff:192.0.2.1", true), ("fe80::1%eth0", "fe80::2%eth1", true),
        ]
    )
    func blocks(first: String, second: String, together: Bool) {
        let limiter = limiter(1, 1)
        #expect(wait { try limiter.admit(.anonymous, from: first, now: start) } == nil)
        #expect(wait { try limiter.admit(.anonymous, from: second, now: start) } == (together ? 1 : nil))
    }

    @Test(
        "This machine, and an address that nobody knows, are not limited",
        arguments: ["127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1", "not an address", nil]
    )
    func unlimited(address: String?) {
        let limiter = limiter(1, 1)
        for _ in 0..<3 {
            #expect(wait { try limiter.admit(.anonymous, from: address, now: start) } == nil)
            limiter.countUnknownKey(from: address, now: start)
            #expect(wait { try limiter.admitKey(from: address, now: start) } == nil)
        }
        #expect(limiter.count == 0)
    }

    @Test("A key is counted by itself, wherever it comes from")
    func keys() {
        let limiter = limiter(1, 1)
        let one = Caller(holder: FilePublisher(.user, "a"), key: 1)
        let two = Caller(holder: FilePublisher(.user, "a"), key: 2)
        #expect(wait { try limiter.admit(one, from: "192.0.2.1", now: start) } == nil)
        #expect(wait { try limiter.admit(one, from: "192.0.2.2", now: start) } == 1)
        #expect(wait { try limiter.admit(two, from: "192.0.2.1", now: start) } == nil)
        #expect(wait { try limiter.admit(one, from: "127.0.0.1", now: start) } == 1)
    }

    @Test("However many ask, no more are remembered than was said, and those who ask still are")
    func bounded() {
        let limiter = limiter(2, 0.001, capacity: 64)
        let noisy = { wait { try limiter.admit(.anonymous, from: "198.51.100.7", now: start) } }
        #expect([noisy(), noisy()] == [nil, nil])
        for high in 0..<40 {
            for low in 0..<25 {
                #expect(
                    wait { try limiter.admit(.anonymous, from: "10.0.\(high).\(low)", now: start) } == nil
                )
                #expect(noisy() != nil)
                #expect(limiter.count <= 64)
            }
        }
    }

    @Test("A bucket that is full again takes no memory")
    func forgotten() {
        let limiter = limiter(2, 1)
        for _ in 0..<2 { #expect(wait { try limiter.admitKey(from: "192.0.2.1", now: start) } == nil) }
        #expect(limiter.count == 0)
    }

    @Test("Too many requests are answered with 429 and Retry-After, too many wrong keys too")
    func answered() async throws {
        let rate = RequestAllowance(burst: 2, perSecond: 0.1)
        let scene = try AccessScene(rates: RequestAllowances(key: rate, address: rate, unknownKey: rate))
        let key = try await scene.userWithKey("alice")
        for expected in [200, 200, 429] {
            let response = try await scene.scene.ask(
                [AdministrationRoutes(parts: scene.scene.parts)],
                .get,
                "/api/v1/users/me",
                headers: [.authorization: "Bearer \(key)"]
            )
            #expect(response.status.code == expected)
            #expect(response.headers[.retryAfter] == (expected == 429 ? "10" : nil))
        }
        scene.scene.advance(seconds: 10)
        #expect(try await scene.ask(.get, "users/me", key: key).status == 200)
    }

    @Test("Rates that make no sense are made sense of", arguments: [Double.nan, -1, 0, .infinity])
    func rates(value: Double) {
        let rate = RequestAllowance(burst: value, perSecond: value)
        #expect(rate.burst >= 1 && rate.burst.isFinite && rate.perSecond > 0 && rate.perSecond.isFinite)
    }
}
