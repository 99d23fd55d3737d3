// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import Sigstore
import Transport
public import TrustCore

/// Where a verifier gets the keys of its instance from when it first needs them: not before, so that whoever
/// has no attestation to verify asks no server.
public actor SigstoreTrustSource {
    /// Whether keys are updated before they are used.
    public enum Refresh: String, Sendable, CaseIterable {
        /// Where their metadata has run out, or was never fetched. An instance that cannot be reached stops
        /// nothing (``SigstoreKeys/missedUpdate``); one that shows bad metadata does.
        case automatic = "auto"
        /// Never: what is here is all there is.
        case never
        /// As `automatic`, and keys that are not current then are refused (`instance.expired`,
        /// `instance.never-updated`).
        case required = "require"
    }

    private let obtain: @Sendable () async throws -> SigstoreKeys
    private var task: Task<SigstoreKeys, any Error>?

    /// The keys of a known instance.
    ///
    /// - Parameters:
    ///   - fetcher: Fetches over the network, where that is allowed.
    ///   - time: How long an update may take.
    ///   - uptime: How long ago some moment was, by a clock that only goes forward.
    public init(
        _ store: SigstoreTrustStore,
        instance name: SigstoreInstanceName,
        refresh: Refresh,
        fetcher: any Fetcher,
        within time: Duration = .seconds(30),
        uptime: @escaping @Sendable () -> Duration = SigstoreTrustStore.uptime(),
        now: Timestamp
    ) {
        obtain = {
            try await Self.obtain(store, name, refresh, now) {
                let once = MirrorRetry(rounds: 1)
                return try await store.update(
                    name,
                    over: fetcher,
                    retry: once,
                    within: time,
                    uptime: uptime,
                    now: now
                )
            }
        }
    }

    /// Exactly the keys of a file, and never the network.
    ///
    /// - Parameter name: what the file is called.
    public init(exactly trustedRoot: [UInt8], signingConfig: [UInt8]? = nil, of name: String) {
        obtain = {
            try SigstoreKeys(name, .files, trustedRoot: trustedRoot, signingConfig: signingConfig)
        }
    }

    /// The keys that came with the program, and never the network.
    public init(shipped instance: SigstoreInstance) {
        obtain = {
            try SigstoreKeys(
                instance.rawValue,
                .shipped,
                trustedRoot: instance.trustedRoot,
                signingConfig: instance.signingConfig
            )
        }
    }

    /// The keys. They are looked for once; whoever asks meanwhile or later gets the same answer.
    ///
    /// - Throws: what ``SigstoreTrustStore/trust(in:)`` and an update throw.
    public func trust() async throws -> SigstoreKeys {
        if let task { return try await task.value }
        let task = Task { [obtain] in try await obtain() }
        self.task = task
        return try await task.value
    }

    /// The keys, if somebody asked for them and there were some.
    public func obtained() async -> SigstoreKeys? { try? await task?.value }

    private static func obtain(
        _ store: SigstoreTrustStore,
        _ name: SigstoreInstanceName,
        _ refresh: Refresh,
        _ now: Timestamp,
        update: () async throws -> SigstoreKeys
    ) async throws -> SigstoreKeys {
        let known = try await known(store, name)
        if let known, refresh == .never || known.isCurrent(at: now) { return known }
        if refresh == .never { throw Refusal(SigstoreTrustCode.neverUpdated, name.text) }
        do {
            return try await update()
        } catch let failure as Failure where failure.kind == .network || failure.kind == .disk {
            guard var known else {
                throw Refusal(SigstoreTrustCode.neverUpdated, name.text, cause: failure)
            }
            known.missedUpdate = failure
            if refresh == .required { try known.demandFresh(at: now) }
            return known
        }
    }

    /// What is known; nil if nothing is yet.
    private static func known(_ store: SigstoreTrustStore, _ name: SigstoreInstanceName) async throws
        -> SigstoreKeys?
    {
        do { return try await store.trust(in: name) } catch let refusal as Refusal
            where refusal.is(SigstoreTrustCode.neverUpdated)
        { return nil }
    }
}

extension SigstoreKeys {
    fileprivate func isCurrent(at now: Timestamp) -> Bool {
        switch freshness(at: now) {
        case .current, .fixed: true
        case .expired, .neverUpdated: false
        }
    }
}
