// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// Fetches from a channel's mirrors until one of them delivers something that passes the caller's checks.
///
/// A mirror is left for the next one when it fails, when it lacks what must be there, *and when what it
/// serves is refused*: a refusal thrown by an attempt condemns the mirror for the rest of the run and is
/// reported. Errors that no mirror is to blame for (policy, our own disk, cancellation, a refusal whose code
/// does not accuse the server) end the search at once. A mirror cannot gain anything by being asked first: nothing here is evidence.
public struct MirroredFetcher: Sendable {
    /// The addresses.
    public let mirrors: MirrorList
    /// What is known about them, and the reports.
    public let health: MirrorHealth
    private let fetcher: any Fetcher
    private let retry: MirrorRetry
    private let observer: (any TransferObserver)?

    /// Makes a fetcher over the mirrors of one channel. Pass one `health` to all of a run.
    public init(
        _ mirrors: MirrorList,
        over fetcher: any Fetcher,
        health: MirrorHealth = MirrorHealth(),
        retry: MirrorRetry = MirrorRetry(),
        observer: (any TransferObserver)? = nil
    ) {
        self.mirrors = mirrors
        self.health = health
        self.fetcher = fetcher
        self.retry = retry
        self.observer = observer
    }

    /// The same mirrors, as if nothing were known of them: for what is fetched while a program runs for long, in which one
    /// bad file is not to keep others from being fetched.
    public func forgetting() -> MirroredFetcher {
        MirroredFetcher(mirrors, over: fetcher, retry: retry, observer: observer)
    }

    /// Runs an attempt on one mirror after the other, and answers the first value that one of them returns.
    ///
    /// An attempt must begin from scratch each time: it may have been handed bytes by a mirror that failed
    /// later.
    ///
    /// - Parameter resource: What it is about, as reports name it.
    /// - Throws: With one mirror, what its last attempt threw. With several, the most telling error: a
    /// refusal before a
    ///   failure; its cause is a ``MirrorsExhausted`` with all reports.
    public func withMirror<Value>(
        _ resource: String,
        isolation: isolated (any Actor)? = #isolation,
        _ attempt: (BoundMirror) async throws -> Value
    ) async throws -> Value {
        var ledger = MirrorLedger()
        var candidates = health.order(mirrors.addresses)
        if candidates.isEmpty {
            for (error, report) in health.condemnations(of: mirrors.addresses) { ledger.add(error, report) }
        }
        for round in 0..<max(1, retry.rounds) where !candidates.isEmpty {
            if round > 0 { try await retry.sleep(retry.pause(before: round)) }
            var transient: [String] = []
            for address in candidates {
                guard !Task.isCancelled else {
                    throw Failure(.cancelled, "the transfer was stopped", at: resource)
                }
                do {
                    let value = try await attempt(BoundMirror(mirrors.canonical, at: address, over: fetcher))
                    health.delivered(address)
                    return value
                } catch {
                    if try note(error, of: address, on: resource, in: &ledger) { transient.append(address) }
                }
            }
            candidates = transient
        }
        throw ledger.verdict(on: resource, of: mirrors)
    }

    /// Fetches a small resource into memory, mirror after mirror, until one passes a check; nil if it need
    /// not exist and a mirror says that it does not.
    public func bytes<Value>(
        _ path: String,
        maximumLength: Int,
        mustExist: Bool,
        isolation: isolated (any Actor)? = #isolation,
        validate: ([UInt8]) throws -> Value
    ) async throws -> Value? {
        try ChannelPath.check(path)
        return try await withMirror(path) { mirror in
            var bytes: [UInt8] = []
            let receive: (UnsafeRawBufferPointer) -> Void = { bytes.append(contentsOf: $0) }
            if mustExist {
                try await mirror.require(path, maximumLength: maximumLength, receive: receive)
            } else if try await mirror.fetch(path, maximumLength: maximumLength, receive: receive)
                == .notFound
            {
                return nil
            }
            return try validate(bytes)
        }
    }

    /// Fetches a resource that must exist into a sink of its own per attempt.
    ///
    /// - Parameters:
    ///   - path: Relative to the channel, already percent-encoded.
    ///   - makeSink: Begins an attempt.
    ///   - receive: Takes the bytes in order; unverified.
    ///   - finish: Checks what arrived and answers the result. It throws a refusal to send the mirror away.
    public func fetch<Sink, Value>(
        _ path: String,
        maximumLength: Int,
        isolation: isolated (any Actor)? = #isolation,
        into makeSink: () throws -> Sink,
        receive: (inout Sink, UnsafeRawBufferPointer) throws -> Void,
        finish: (Sink) throws -> Value
    ) async throws -> Value {
        try ChannelPath.check(path)
        return try await withMirror(path) { mirror in
            var sink = try makeSink()
            try await mirror.require(path, maximumLength: maximumLength) { try receive(&sink, $0) }
            return try finish(sink)
        }
    }

    /// Fetches a resource that must exist into a cache, and answers where its verified bytes lie.
    ///
    /// What the cache has is digested once more. If it is no longer what its name says, it goes, and is fetched
    /// anew: what became of our disk is not for the mirrors to answer for.
    public func fetch(
        _ path: String,
        expected: Digest,
        size: UInt64?,
        maximumLength: Int,
        into cache: BlobCache
    ) async throws -> String {
        try ChannelPath.check(path)
        if let present = try cache.path(of: expected, size: size, recheck: true) { return present }
        let limit = size.map { min(maximumLength, Int(clamping: $0)) } ?? maximumLength
        return try await withMirror(path) { mirror in
            try await cache.store(expected: expected, size: size) { sink in
                try await mirror.require(path, maximumLength: limit, receive: sink)
            }
        }
    }

    /// Writes an attempt's error down; answers whether it is worth another round, and throws it if it is not
    /// the mirror's fault.
    private func note(
        _ error: any Error,
        of address: String,
        on resource: String,
        in ledger: inout MirrorLedger
    ) throws -> Bool {
        let report: MirrorReport
        var isTransient = false
        switch error {
        case let refusal as Refusal where refusal.code.accusesServer:
            report = MirrorReport(refusal, mirror: RedactedURL(address), resource: resource)
            health.servedBadContent(address, refusal, report)
        case let failure as Failure where failure.kind == .network:
            report = MirrorReport(failure, mirror: RedactedURL(address), resource: resource)
            health.failed(address, report)
            isTransient = (failure.cause as? TransferFault)?.isTransient ?? true
        default:
            throw error
        }
        ledger.add(error, report)
        observer?.rejected(report)
        return isTransient
    }
}
