// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import NIOCore
import Synchronization
import TrustCore

/// The one login that a ``RedirectListener`` waits for: the browser and the program may come in either order.
final class RedirectedLogin: Sendable {
    /// The only path there is.
    static let path = "/auth/callback"
    /// How long the program waits.
    let timeout: Duration

    private struct Waiting {
        let isGood: @Sendable (String) -> Bool
        let continuation: CheckedContinuation<String, any Error>
    }

    private struct Arrival {
        let query: String
        let channel: any Channel
    }

    private enum State {
        case idle
        case arrived(Arrival)
        case waiting(Waiting)
        /// With why, unless the program was told before.
        case over(Failure?)
    }

    private let state = Mutex(State.idle)
    private let hosts = Mutex<Set<String>>([])

    init(timeout: Duration) { self.timeout = timeout }

    func listens(on port: Int) { hosts.withLock { $0 = ["localhost:\(port)", "127.0.0.1:\(port)"] } }

    /// Whether a request names this machine as the browser was told to. A page of another name that was made
    /// to lead here (DNS rebinding) does not.
    func isHere(_ host: String) -> Bool { hosts.withLock { $0.contains(host) } }

    /// Takes the browser's request, and answers it when the program waits; false if it is not the first.
    func arrive(_ query: String, on channel: any Channel) -> Bool {
        let arrival = Arrival(query: query, channel: channel)
        let (isFirst, waiting): (Bool, Waiting?) = state.withLock { state in
            switch state {
            case .idle:
                state = .arrived(arrival)
                return (true, nil)
            case .waiting(let waiting):
                state = .over(nil)
                return (true, waiting)
            case .arrived, .over: return (false, nil)
            }
        }
        if let waiting { Self.finish(arrival, waiting) }
        return isFirst
    }

    /// Lets the program wait, or go on at once if the browser was quicker.
    func wait(
        _ isGood: @escaping @Sendable (String) -> Bool,
        _ continuation: CheckedContinuation<String, any Error>
    ) {
        let waiting = Waiting(isGood: isGood, continuation: continuation)
        let (arrival, failure): (Arrival?, Failure?) = state.withLock { state in
            switch state {
            case .idle:
                state = .waiting(waiting)
                return (nil, nil)
            case .arrived(let arrival):
                state = .over(nil)
                return (arrival, nil)
            case .over(let failure?): return (nil, failure)
            case .waiting, .over(nil): return (nil, Failure(.cancelled, "the login is over"))
            }
        }
        if let arrival { Self.finish(arrival, waiting) }
        if let failure { continuation.resume(throwing: failure) }
    }

    /// Ends the login without an answer. What ended it first counts.
    func fail(_ failure: Failure) {
        let ended: State? = state.withLock { state in
            if case .over = state { return nil }
            defer { if case .waiting = state { state = .over(nil) } else { state = .over(failure) } }
            return state
        }
        switch ended {
        case .waiting(let waiting): waiting.continuation.resume(throwing: failure)
        case .arrived(let arrival): arrival.channel.close(promise: nil)
        case .idle, .over, nil: break
        }
    }

    /// The program goes on when the page is sent, for it may end then.
    private static func finish(_ arrival: Arrival, _ waiting: Waiting) {
        let page = waiting.isGood(arrival.query) ? LoginPage.good : LoginPage.bad
        arrival.channel.writeAndFlush(page).whenComplete { _ in
            arrival.channel.close(promise: nil)
            waiting.continuation.resume(returning: arrival.query)
        }
    }
}
