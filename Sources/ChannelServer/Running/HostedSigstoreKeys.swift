// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import DurableFiles
internal import Gatekeeper
internal import Logging
internal import Sigstore
internal import TUF
internal import Transport
internal import TrustCore

/// The keys that attestations of uploads are verified with, kept up to date while the server runs.
///
/// Keys of an instance are updated by TUF each day, as `kingsnake trust sigstore update` does it. An update that fails
/// leaves the last verified ones, which are used until their metadata expires; then attestations are refused
/// (`instance.expired`), for nobody knows any more which keys were revoked. An instance that was never updated counts by
/// the keys that came with the program. A file is read whenever it is needed; one that became unreadable changes nothing.
actor HostedSigstoreKeys {
    /// Whose keys they are.
    enum Choice: Sendable {
        /// An instance's.
        ///
        /// - Parameter isNamed: whether somebody named it. One that nobody named is asked when the first attestation
        ///   comes, and not before: a server without attestations asks nobody.
        case instance(SigstoreInstanceName, isNamed: Bool)
        /// Those in a file.
        case file(String)
    }

    /// How long keys are good before they are updated, in seconds; and how long it waits after it failed.
    static let interval: Int64 = 86_400
    static let retryInterval: Int64 = 3_600
    /// The longest file of a trusted root, in bytes.
    private static let fileLimit = 16 << 20

    private let choice: Choice
    private let store: SigstoreTrustStore
    private let update: @Sendable (SigstoreInstanceName) async throws -> SigstoreKeys
    private let now: @Sendable () -> Timestamp
    private let condition: ServerCondition
    private let metrics: ServerMetrics
    private let logger: Logger

    private var isWanted: Bool
    private var keys: SigstoreKeys?
    private var lastAttempt: Timestamp?
    private var isUpToDate = false
    private var underWay: Task<Void, Never>?
    private var file: (bytes: [UInt8], verifier: BundleVerifier)?

    /// - Parameter update: updates an instance in the store; by default over the network, from the instance itself.
    init(
        _ choice: Choice,
        store: SigstoreTrustStore,
        now: @escaping @Sendable () -> Timestamp,
        condition: ServerCondition,
        metrics: ServerMetrics,
        logger: Logger,
        update: (@Sendable (SigstoreInstanceName) async throws -> SigstoreKeys)? = nil
    ) {
        self.choice = choice
        self.store = store
        self.now = now
        self.condition = condition
        self.metrics = metrics
        self.logger = logger
        self.update =
            update ?? { name in
                let fetcher = URLFetcher()
                do {
                    let keys = try await store.update(name, over: fetcher, now: now())
                    await fetcher.shutdown()
                    return keys
                } catch {
                    await fetcher.shutdown()
                    throw error
                }
            }
        if case .instance(_, isNamed: true) = choice { isWanted = true } else { isWanted = false }
    }

    /// Verifies with the keys as they are known now.
    ///
    /// - Throws: `instance.expired`; what ``SigstoreTrustStore/trust(in:)`` throws; a `trust-root.…` code or a `Failure`
    ///   for a file that never could be read.
    func verifier() async throws -> BundleVerifier {
        switch choice {
        case .file(let path): return try verifier(inFile: path)
        case .instance(let name, _):
            isWanted = true
            if lastAttempt == nil { await updateIfDue() }
            let known: SigstoreKeys
            if let keys { known = keys } else { known = try await store.trust(in: name) }
            keys = known
            if case .expired = known.freshness(at: now()) {
                await updateIfDue()
                try keys?.demandFresh(at: now())
            }
            return BundleVerifier((keys ?? known).trustedRoot)
        }
    }

    /// Updates keys that are wanted and a day old; once at a time.
    func updateIfDue() async {
        if let underWay { return await underWay.value }
        guard case .instance(let name, _) = choice, isWanted else { return }
        let interval = isUpToDate ? Self.interval : Self.retryInterval
        if let lastAttempt, now() < lastAttempt.advanced(bySeconds: interval) { return }
        lastAttempt = now()
        let task = Task { await renew(name) }
        underWay = task
        await task.value
        underWay = nil
    }

    private func renew(_ name: SigstoreInstanceName) async {
        do {
            let keys = try await update(name)
            self.keys = keys
            isUpToDate = true
            logger.info("the keys of the Sigstore instance `\(name)` are up to date")
        } catch {
            isUpToDate = false
            metrics.add("kingsnake_sigstore_update_failures_total")
            logger.error("the keys of the Sigstore instance `\(name)` were not updated: \(error)")
            if keys == nil { keys = try? await store.trust(in: name) }
        }
        condition.set(.sigstoreKeys, to: !isUpToDate)
        if case .updated(let update)? = keys?.source {
            metrics.set(
                "kingsnake_sigstore_keys_expiry_time_seconds",
                to: Double(update.horizon.moment.seconds)
            )
        }
    }

    /// Keeps them up to date until its task is cancelled.
    func run() async {
        guard case .instance = choice else { return }
        while !Task.isCancelled {
            await updateIfDue()
            try? await Task.sleep(for: .seconds(60))
        }
    }

    private func verifier(inFile path: String) throws -> BundleVerifier {
        do {
            guard let bytes = try DurableFile.read(path, maximumLength: Self.fileLimit) else {
                throw Failure(.configuration, "there is no trusted root", at: path)
            }
            if let file, file.bytes == bytes { return file.verifier }
            let verifier = BundleVerifier(try TrustedRoot(parsing: bytes, of: path))
            if file != nil {
                logger.info("the trusted root was read again", metadata: ["file": .string(path)])
            }
            file = (bytes, verifier)
            condition.set(.sigstoreKeys, to: false)
            return verifier
        } catch {
            guard let file else { throw error }
            logger.error("the trusted root cannot be read; the last one is used: \(error)")
            condition.set(.sigstoreKeys, to: true)
            return file.verifier
        }
    }
}

extension ServerSettings {
    /// Whose keys attestations of uploads are verified with.
    ///
    /// - Throws: a `Failure` for an instance that is not known, and for a file that is not there.
    func sigstoreKeys(in store: SigstoreTrustStore) throws -> HostedSigstoreKeys.Choice {
        guard let trustedRoot else { return .instance(.publicGood, isNamed: false) }
        guard !trustedRoot.utf8.contains(UInt8(ascii: "/")) else {
            guard Folder.exists(trustedRoot) else {
                throw Failure(.configuration, "there is no trusted root", at: trustedRoot)
            }
            return .file(trustedRoot)
        }
        let known = try store.names()
        guard let name = SigstoreInstanceName(trustedRoot), known.contains(name) else {
            throw Failure(
                .configuration,
                "`\(trustedRoot)` is no instance of Sigstore that is known here",
                remedy: "give one of \(known.map(\.text).joined(separator: ", ")), or the path of a file"
            )
        }
        return .instance(name, isNamed: true)
    }
}
