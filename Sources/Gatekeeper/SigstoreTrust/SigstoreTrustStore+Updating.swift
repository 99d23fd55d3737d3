// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
import DurableFiles
import Sigstore
import TUF
public import Transport
public import TrustCore

// MARK: - What is known

extension SigstoreTrustStore {
    /// The newest verified keys of an instance, without the network.
    ///
    /// Stored keys are verified once more, from the root that came with the program or that the user gave.
    /// They are taken although their metadata has expired, for whatever came with the program is older still,
    /// and knows of fewer revocations; ``SigstoreKeys/freshness(at:)`` says that they have. Stored keys that
    /// are older than those of the program are not taken.
    ///
    /// - Throws: `instance.unknown`, `instance.damaged`, `instance.cache-damaged`, `instance.never-updated` if
    ///   there are no keys at all yet, or a `trust-root.…` code.
    public func trust(in name: SigstoreInstanceName) async throws -> SigstoreKeys {
        try await trust(by: anchor(name))
    }

    func trust(by anchor: SigstoreAnchor) async throws -> SigstoreKeys {
        let name = anchor.name
        if let (state, verified) = try await storedState(of: anchor) {
            return try Self.trust(in: name, verified, checked: state.checked)
        }
        switch anchor.basis {
        case .shipped(let instance):
            return try SigstoreKeys(
                name.text,
                .shipped,
                trustedRoot: instance.trustedRoot,
                signingConfig: instance.signingConfig
            )
        case .repository: throw Refusal(SigstoreTrustCode.neverUpdated, name.text)
        case .files(let trustedRoot, let signingConfig):
            return try SigstoreKeys(
                name.text,
                .files,
                trustedRoot: trustedRoot,
                signingConfig: signingConfig
            )
        }
    }

    private static func trust(
        in name: SigstoreInstanceName,
        _ verified: VerifiedSigstoreState,
        checked: Timestamp
    ) throws -> SigstoreKeys {
        let update = SigstoreKeys.Update(
            versions: verified.versions,
            horizon: verified.horizon,
            checked: checked
        )
        return try SigstoreKeys(
            name.text,
            .updated(update),
            trustedRoot: verified.trustedRoot,
            signingConfig: verified.signingConfig
        )
    }

    /// What the last update stored; nil if there was none, or if the program came with newer keys since.
    private func storedState(of anchor: SigstoreAnchor) async throws -> (
        SigstoreState, VerifiedSigstoreState
    )? {
        guard let (tufRoot, _) = try anchor.repository() else { return nil }
        do {
            guard let state = try Self.readState(anchor) else { return nil }
            guard try state.newestRoot >= RootPin(file: tufRoot).root.version else { return nil }
            let verified = try await VerifiedSigstoreState(state, from: tufRoot)
            guard verified.versions.targets >= anchor.oldestTargets else { return nil }
            return (state, verified)
        } catch let refusal as Refusal {
            throw Self.damaged(anchor, refusal)
        } catch let failure as Failure where failure.kind == .network {
            // Offline, the client says so of metadata that is not there.
            throw Self.damaged(anchor, failure)
        }
    }

    private static func damaged(_ anchor: SigstoreAnchor, _ cause: any Error) -> Refusal {
        Refusal(SigstoreTrustCode.cacheDamaged, anchor.name.text, at: anchor.statePath, cause: cause)
    }

    private static func readState(_ anchor: SigstoreAnchor) throws -> SigstoreState? {
        let path = anchor.statePath
        let bytes = try DurableFile.read(
            path,
            maximumLength: SigstoreState.maximumLength,
            followingLinks: false
        )
        return try bytes.map { try SigstoreState(json: $0, of: path) }
    }
}

// MARK: - Updates

extension SigstoreTrustStore {
    /// How long an update waits for another process, which is given as long as ``maximumTime``.
    static let maximumWait = Duration.seconds(360)
    /// The longest time that an update may be given.
    public static let maximumTime = Duration.seconds(300)

    /// Updates the keys of an instance from its TUF repository, by the workflow of the TUF specification
    /// 1.0.34, section 5, and answers what is known then.
    ///
    /// A state is kept whole or not at all: metadata without the files that it vouches for would leave
    /// nothing to verify with, and whoever withholds a file can withhold the metadata as well. Stored
    /// metadata that is damaged is fetched anew.
    ///
    /// - Parameters:
    ///   - fetcher: Fetches over the network; makes one attempt each time.
    ///   - mirror: Where to fetch from instead of the instance's own repository. It is not trusted.
    ///   - time: How long it may take, at most ``maximumTime``.
    ///   - uptime: How long ago some moment was, by a clock that only goes forward.
    /// - Throws: a `Refusal` with a `tuf.…`, `trust-root.…` or `instance.…` code, or a `Failure`; then what was
    ///   known before stays.
    @discardableResult
    public func update(
        _ name: SigstoreInstanceName,
        over fetcher: any Fetcher,
        from mirror: ChannelURL? = nil,
        retry: MirrorRetry = MirrorRetry(),
        within time: Duration = .seconds(120),
        uptime: @escaping @Sendable () -> Duration = SigstoreTrustStore.uptime(),
        now: Timestamp
    ) async throws -> SigstoreKeys {
        try await update(
            anchor(name),
            over: fetcher,
            from: mirror,
            retry: retry,
            within: time,
            uptime: uptime,
            now: now
        )
    }

    func update(
        _ anchor: SigstoreAnchor,
        over fetcher: any Fetcher,
        from mirror: ChannelURL?,
        retry: MirrorRetry,
        within time: Duration,
        uptime: @escaping @Sendable () -> Duration,
        now: Timestamp
    ) async throws -> SigstoreKeys {
        let name = anchor.name
        guard let (tufRoot, url) = try anchor.repository() else {
            throw Failure(
                .configuration,
                "the keys of `\(name)` were given as files: nothing is fetched for it",
                remedy: "add it by its TUF root and URL under another name"
            )
        }
        try Folder.createDurably(anchor.directory, mode: 0o700)
        let lock = try await Self.lock(anchor)
        defer { withExtendedLifetime(lock) {} }
        try DurableFile.removeAbandoned(in: anchor.directory)
        // What cannot be read protects from nothing any more.
        let known = (try? Self.readState(anchor)) ?? .empty
        let repository = MirroredFetcher(
            try MirrorList(
                url.identity,
                mirrors: [(mirror ?? url).textWithCredentials],
                canonicalPlace: .nowhere
            ),
            over: fetcher,
            retry: retry
        )
        let (state, verified) = try await repository.withMirror("the keys of `\(name)`") { source in
            let source = MetadataSource(
                source,
                folder: "/",
                of: "the instance's repository",
                time: min(time, Self.maximumTime),
                uptime: uptime
            )
            return try await Self.fetch(from: source, tufRoot, known, now)
        }
        guard verified.versions.targets >= anchor.oldestTargets else {
            throw Refusal(
                SigstoreTrustCode.olderThanShipped,
                name.text,
                expected: "version \(anchor.oldestTargets) of the targets metadata or later",
                found: "version \(verified.versions.targets)"
            )
        }
        // Keys that cannot be read are not put in the place of those that can.
        let trust = try Self.trust(in: name, verified, checked: state.checked)
        try DurableFile.write(state.encoded, to: anchor.statePath, mode: 0o600)
        return trust
    }

    private static func fetch(
        from source: MetadataSource,
        _ tufRoot: [UInt8],
        _ known: SigstoreState,
        _ now: Timestamp
    ) async throws -> (SigstoreState, VerifiedSigstoreState) {
        let store = InMemoryMetadataStore(known.metadata)
        let updater = Updater(
            trustedRoot: tufRoot,
            metadataURL: source.metadataURL,
            store: store,
            fetcher: source,
            now: now,
            limits: .sigstore
        )
        var files: [SigstoreFile: [UInt8]] = [:]
        let verified = try await VerifiedSigstoreState(updater) { file, target in
            if let bytes = known.files[file], (try? target.verify(bytes)) != nil { return bytes }
            return try await updater.download(target, from: source.metadataURL + "targets")
        }
        files[.trustedRoot] = verified.trustedRoot
        files[.signingConfig] = verified.signingConfig
        return (SigstoreState(metadata: store.contents, files: files, checked: now), verified)
    }

    private static func lock(_ anchor: SigstoreAnchor) async throws -> FileLock {
        try await FileLock.whenFree(
            anchor.lockPath,
            within: maximumWait,
            holderIs: "updating the keys of `\(anchor.name)`",
            at: anchor.directory
        )
    }

    /// A clock that only goes forward, from now on.
    public static func uptime() -> @Sendable () -> Duration {
        let start = ContinuousClock.now
        return { start.duration(to: .now) }
    }
}
