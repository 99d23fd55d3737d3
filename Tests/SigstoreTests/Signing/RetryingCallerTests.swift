// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Synchronization
import TestSupport
import Testing
import TrustCore

@testable import Sigstore

@Suite("Asking a busy service again")
struct RetryingCallerTests {
    /// What happens to a request, one after the other.
    enum Step: Sendable {
        case status(Int, retryAfter: String? = nil)
        case broken
        case insecure
    }

    struct InsecureFault: TransientFault { var isTransient: Bool { false } }

    final class Script: ServiceCaller {
        private let steps: Mutex<[Step]>
        init(_ steps: [Step]) { self.steps = Mutex(steps) }
        var left: Int { steps.withLock { $0.count } }

        func send(_ request: ServiceRequest) async throws -> ServiceResponse {
            switch steps.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) {
            case .status(let status, let wait)?:
                return ServiceResponse(status: status, headers: wait.map { [("retry-After", $0)] } ?? [])
            case .broken?: throw Failure(.network, "broken", cause: LostAnswer())
            case .insecure?: throw Failure(.network, "no TLS", cause: InsecureFault())
            case nil: throw Failure(.configuration, "asked too often")
            }
        }
    }

    struct Case: Sendable {
        let steps: [Step]
        let status: Int
        let pauses: [Duration]
    }

    static let cases: [Case] = [
        Case(steps: [.status(200)], status: 200, pauses: []),
        Case(steps: [.status(400)], status: 400, pauses: []),
        Case(steps: [.status(409)], status: 409, pauses: []),
        Case(steps: [.status(501)], status: 501, pauses: []),
        Case(steps: [.status(503), .status(201)], status: 201, pauses: [.seconds(1)]),
        Case(steps: [.broken, .status(429), .status(200)], status: 200, pauses: [.seconds(1), .seconds(2)]),
        Case(
            steps: [.status(500), .status(502), .status(504), .status(503)],
            status: 503,
            pauses: [.seconds(1), .seconds(2), .seconds(4)]
        ),
        Case(steps: [.status(429, retryAfter: "7"), .status(200)], status: 200, pauses: [.seconds(7)]),
        Case(steps: [.status(429, retryAfter: "0"), .status(200)], status: 200, pauses: [.seconds(1)]),
        Case(steps: [.status(429, retryAfter: "21")], status: 429, pauses: []),
        Case(
            steps: [.status(503, retryAfter: "Wed, 21 Oct"), .status(200)],
            status: 200,
            pauses: [.seconds(1)]
        ),
    ]

    @Test("So often, after such pauses, and then what came last", arguments: cases)
    func retries(expected: Case) async throws {
        let script = Script(expected.steps)
        let pauses = Mutex<[Duration]>([])
        let caller = RetryingCaller(script, jitter: { 1 }) { pause in pauses.withLock { $0.append(pause) } }
        #expect(try await caller.send(ServiceRequest(.get, "https://a")).status == expected.status)
        #expect(pauses.withLock { $0 } == expected.pauses)
        #expect(script.left == 0)
    }

    @Test("What does not get better is not tried again, and what stays broken fails")
    func failures() async throws {
        for (steps, message) in [
            ([Step.insecure], "no TLS"), ([.broken, .broken, .broken, .broken], "broken"),
        ] {
            let script = Script(steps)
            do {
                _ = try await RetryingCaller(script, jitter: { 0 }, pause: { _ in }).send(
                    ServiceRequest(.get, "https://a")
                )
                Issue.record("it was answered")
            } catch let failure as Failure {
                #expect(failure.message == message)
            }
            #expect(script.left == 0)
        }
    }

    @Test(
        "Chance shortens a pause by up to a half, and never lengthens it",
        arguments: [0.0, 0.5, 1, 2, -1, .nan]
    )
    func jitter(number: Double) async throws {
        let pauses = Mutex<[Duration]>([])
        var patience = RetryingCaller.Patience()
        patience.attempts = 8
        patience.longestPause = .seconds(3)
        let caller = RetryingCaller(
            Script(Array(repeating: .status(503), count: 8)),
            patience: patience,
            jitter: { number },
            pause: { pause in pauses.withLock { $0.append(pause) } }
        )
        _ = try await caller.send(ServiceRequest(.get, "https://a"))
        let all = pauses.withLock { $0 }
        #expect(all.count == 7)
        #expect(all.allSatisfy { $0 >= .milliseconds(500) && $0 <= .seconds(3) })
    }

    @Test("A pause that is cancelled ends the attempts")
    func cancelled() async throws {
        let caller = RetryingCaller(Script([.broken]), jitter: { 0 }) { _ in throw CancellationError() }
        await #expect(throws: CancellationError.self) {
            try await caller.send(ServiceRequest(.get, "https://a"))
        }
    }
}
