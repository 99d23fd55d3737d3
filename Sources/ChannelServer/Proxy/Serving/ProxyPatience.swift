// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import NIOCore

/// How long a client is kept waiting for a package that is being fetched and verified, of which it gets no byte before that.
///
/// Clients give up if they hear nothing: conda after 60 seconds. Interim answers (`100 Continue`, which all of HTTP/1.1 must
/// understand) keep them waiting, and leave open whether the package will be refused. Clients over libcurl (mamba) count bytes of
/// bodies only and give up after 60 seconds of none; so these are told to come again, and the work goes on meanwhile.
public struct ProxyPatience: Sendable {
    /// After how many seconds a client hears of us again.
    public var beatSeconds: Double = 10
    /// How long clients wait that count interim answers, in seconds.
    public var seconds: Double = 900
    /// How long clients wait that do not.
    public var shortSeconds: Double = 45

    /// The defaults.
    public init() {}

    /// How long a client waits.
    ///
    /// - Parameter agent: what it calls itself.
    func limit(of agent: String?) -> Double {
        let agent = agent?.lowercased() ?? ""
        let isImpatient = ["mamba", "curl/"].contains { agent.contains($0) }
        return isImpatient ? shortSeconds : seconds
    }

    /// Waits for work, and does something again and again meanwhile.
    ///
    /// - Parameter beat: is called each ``beatSeconds``; what it throws ends the waiting, and not the work.
    /// - Returns: the result; nil if it was not there in time.
    func wait<Value: Sendable>(
        _ seconds: Double,
        for work: @escaping @Sendable () async throws -> Value,
        beat: () async throws -> Void
    ) async throws -> Value? {
        let (events, sender) = AsyncStream.makeStream(of: Event<Value>.self)
        Task {
            do {
                sender.yield(.result(.success(try await work())))
            } catch {
                sender.yield(.result(.failure(error)))
            }
        }
        let interval = beatSeconds
        let clock = Task {
            while !Task.isCancelled {
                try await Task.sleep(for: .seconds(interval))
                sender.yield(.beat)
            }
        }
        defer {
            clock.cancel()
            sender.finish()
        }
        let end = NIODeadline.now() + .milliseconds(Int64(seconds * 1000))
        for await event in events {
            switch event {
            case .result(let result): return try result.get()
            case .beat:
                guard NIODeadline.now() < end else { return nil }
                try await beat()
            }
        }
        throw CancellationError()
    }

    private enum Event<Value: Sendable>: Sendable {
        case result(Result<Value, any Error>)
        case beat
    }
}
