// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import DurableFiles
public import Logging
internal import SigningKeys
internal import Sigstore
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
        let log = LogWorker(
            LogPublisher(
                database: database,
                blobs: blobs,
                signer: try CheckpointSigner(folder: folder.log),
                witnesses: try witnesses(folder, services),
                now: now,
                logger: logger
            )
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
            limiter: RequestLimiter(settings.limits.rates)
        )
        let keys = ChannelKeys(directory: folder.keys)
        let areas = try self.areas(parts, settings, folder, keys, services)
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
        _ services: any ServiceCaller
    ) throws -> [any ServerRoutes] {
        var uploads = UploadSettings()
        uploads.quota = parts.quotas
        if let path = settings.trustedRoot {
            guard let bytes = try DurableFile.read(path, maximumLength: trustedRootLimit) else {
                throw Failure(.configuration, "there is no trusted root", at: path)
            }
            let verifier = BundleVerifier(try TrustedRoot(parsing: bytes, of: path))
            uploads.verifier = { verifier }
        }
        return [
            HealthRoutes(parts: parts),
            MetricsRoutes(parts: parts, isPublic: settings.hasPublicMetrics),
            UploadRoutes(parts, uploads),
            FileStateRoutes(parts),
            SigningRoutes(parts: parts, keys: keys),
            AdministrationRoutes(parts: parts),
            TrustedPublishingRoutes(
                parts,
                issuers: try TokenIssuers.read(inServerAt: folder.path),
                services: services
            ),
        ]
    }

    /// The longest file of a trusted root, in bytes.
    private static let trustedRootLimit = 16 << 20

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

extension ServerSettings {
    /// Where the server is for others.
    var address: String {
        publicURL
            ?? "\(tls == nil ? "http" : "https")://\(host.utf8.contains(0x3A) ? "[\(host)]" : host):\(port)"
    }
}
