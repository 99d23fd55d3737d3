// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import DurableFiles
internal import Gatekeeper
public import Logging
internal import SigningKeys
internal import Transport
public import TrustCore

extension HostedServer {
    /// Opens the server of a folder: makes what is not there, and brings what an older program made up to
    /// date.
    ///
    /// - Parameters:
    ///   - directory: the folder; see ``ServerFolder``. A lock keeps a second server away.
    ///   - settings: where it listens, and its limits.
    ///   - now: the time.
    ///   - random: random bytes that nobody can guess.
    ///   - logger: where it writes what happens.
    /// - Throws: a `Failure` where another server runs on the folder, or the folder cannot be used; a refusal of a file
    ///   in it that is not understood.
    public static func open(
        directory: String,
        settings: ServerSettings,
        now: @escaping @Sendable () -> Timestamp,
        random: @escaping @Sendable (Int) -> [UInt8],
        logger: Logger
    ) throws -> HostedServer {
        let folder = ServerFolder(directory)
        try folder.demandRestored()
        try Folder.createDurably(directory, mode: 0o750)
        guard let lock = try FileLock.ifFree(folder.lock) else {
            throw Failure(
                .configuration,
                "another server runs on this folder",
                at: directory,
                remedy: "stop it first, or choose another folder"
            )
        }
        let file = try SQLiteDatabase(at: folder.database)
        let database = ObservedDatabase(file)
        let blobs = try FileBlobStore(directory: folder.blobs)
        let services = HTTPServiceCaller()
        let condition = ServerCondition()
        let metrics = ServerMetrics()
        let log = LogWorker(
            LogPublisher(
                database: database,
                blobs: blobs,
                signer: try CheckpointSigner(folder: folder.log),
                witnesses: try witnesses(folder, services),
                now: now,
                logger: logger
            ),
            told: { condition.take($0, now: now()) }
        )
        let index = WorkSignal()
        let parts = ServerParts(
            database: database,
            blobs: blobs,
            access: DatabaseAccess(database: database),
            publicURL: settings.address,
            now: now,
            random: random,
            changed: {
                index.raise()
                log.wake()
            },
            logger: logger,
            quotas: ChannelQuotas(standard: settings.quota),
            limiter: RequestLimiter(settings.limits.rates),
            metrics: metrics,
            condition: condition
        )
        let keys = ChannelKeys(directory: folder.keys)
        let trust = SigstoreTrustStore(directory: folder.sigstore)
        let sigstore = HostedSigstoreKeys(
            try settings.sigstoreKeys(in: trust),
            store: trust,
            now: now,
            condition: condition,
            metrics: metrics,
            logger: logger
        )
        let areas = try self.areas(parts, settings, folder, keys, services, sigstore)
        return HostedServer(
            parts: parts,
            areas: areas,
            settings: settings,
            lock: lock,
            workers: [
                { await IndexWorker(parts: parts, keys: keys).run(wokenBy: index) },
                {
                    // A server that has published nothing says so, too.
                    _ = try? await database.write { try $0.publishLog(publicURL: settings.address) }
                    await log.run()
                },
                { await Housekeeping(parts: parts).run() },
                { await sigstore.run() },
                { await ChangeWatch(database: file, changed: parts.changed, logger: logger).run() },
            ]
        )
    }

    /// All of the server's areas. Channels' files are no area: they are answered before any route is asked.
    private static func areas(
        _ parts: ServerParts,
        _ settings: ServerSettings,
        _ folder: ServerFolder,
        _ keys: ChannelKeys,
        _ services: any ServiceCaller,
        _ sigstore: HostedSigstoreKeys
    ) throws -> [any ServerRoutes] {
        let uploads = UploadSettings(of: settings, quota: parts.quotas, keys: sigstore)
        let issuers = try TokenIssuers.read(inServerAt: folder.path)
        return [
            HealthRoutes(parts: parts, reserve: uploads.limits.reserveBytes),
            MetricsRoutes(parts: parts, isPublic: settings.hasPublicMetrics),
            UploadRoutes(parts, uploads),
            AdministrationRoutes(parts: parts, issuers: issuers, keys: keys),
            TrustedPublishingRoutes(parts, issuers: issuers, services: services),
            PageRoutes(parts, keys: keys, verifier: uploads.verifier),
        ]
    }

    /// The witnesses that the folder's policy names; nil where there is none.
    private static func witnesses(_ folder: ServerFolder, _ services: any ServiceCaller) throws
        -> LogWitnesses?
    {
        guard let bytes = try DurableFile.read(folder.logPolicy, maximumLength: LogPolicy.maximumLength)
        else {
            return nil
        }
        return LogWitnesses(
            policy: try LogPolicy(parsing: bytes, of: folder.logPolicy),
            caller: services
        )
    }
}

extension HostedServer {
    /// Reads everything that settings name, as opening a server does, and starts nothing.
    ///
    /// - Throws: a `Failure` or a refusal of the first thing that is not understood.
    public static func check(_ settings: ServerSettings, in directory: String) async throws {
        let folder = ServerFolder(directory)
        try folder.demandRestored()
        if let tls = settings.tls { _ = try ServerTLS.configuration(tls) }
        _ = try TokenIssuers.read(inServerAt: directory)
        if let bytes = try DurableFile.read(folder.logPolicy, maximumLength: LogPolicy.maximumLength) {
            _ = try LogPolicy(parsing: bytes, of: folder.logPolicy)
        }
        let store = SigstoreTrustStore(directory: folder.sigstore)
        let choice = try settings.sigstoreKeys(in: store)
        switch choice {
        case .instance(let name, _): _ = try store.anchor(name)
        case .file:
            _ = try await HostedSigstoreKeys(
                choice,
                store: store,
                now: { Timestamp(seconds: 0) },
                condition: ServerCondition(),
                metrics: ServerMetrics(),
                logger: Logger(label: "check", factory: { _ in SwiftLogNoOpLogHandler() })
            ).verifier()
        }
    }
}

extension ServerSettings {
    /// Where the server is for others.
    var address: String {
        publicURL
            ?? "\(tls == nil ? "http" : "https")://\(host.utf8.contains(0x3A) ? "[\(host)]" : host):\(port)"
    }
}
