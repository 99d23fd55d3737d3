// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// Why an update did not come off that was neither refused nor failed by a fetcher or a store: the `cause` of
/// a failure.
public enum UpdateFault: Error, Sendable, Equatable {
    /// It took longer than `TUFLimits.duration`.
    case deadline
}

/// The end of the time that an update may take, on a clock that the caller chose and that only goes forward.
struct Deadline: Sendable {
    private let duration: Duration
    private let hasPassed: @Sendable () -> Bool
    private let passing: @Sendable () async throws -> Void

    /// Sets a deadline that long from now.
    init(after duration: Duration, on clock: some Clock<Duration>) {
        let end = clock.now.advanced(by: duration)
        self.duration = duration
        hasPassed = { clock.now >= end }
        passing = { try await clock.sleep(until: end, tolerance: nil) }
    }

    private enum Outcome<Value: Sendable>: Sendable {
        case value(Value)
        case deadline
        case cancelled
    }

    /// Runs a body, and cancels it when the time is over.
    ///
    /// - Throws: a `Failure` whose cause is ``UpdateFault/deadline``, or whatever the body throws.
    func run<Value: Sendable>(
        at location: String,
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        guard !hasPassed() else { throw failure(at: location) }
        return try await withThrowingTaskGroup(of: Outcome<Value>.self) { group in
            defer { group.cancelAll() }
            group.addTask { .value(try await body()) }
            group.addTask { [passing] in
                do { try await passing() } catch { return .cancelled }
                return .deadline
            }
            while let outcome = try await group.next() {
                switch outcome {
                case .value(let value): return value
                case .deadline: throw failure(at: location)
                case .cancelled: continue
                }
            }
            throw CancellationError()
        }
    }

    private func failure(at location: String) -> Failure {
        Failure(
            .network,
            "the update took longer than \(duration) and is not finished",
            at: location,
            remedy: "try another mirror",
            cause: UpdateFault.deadline
        )
    }
}
