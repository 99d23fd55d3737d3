// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import DurableFiles
internal import HTTPTypes
public import Logging
public import TrustCore

extension HostedServer {
    /// Opens the server of a folder: makes what is not there, and brings what an older program made up to
    /// date.
    ///
    /// - Parameters:
    ///   - directory: the folder. It gets the database, the folder of blobs, and a lock that keeps a second
    ///     server away.
    ///   - settings: where it listens, and its limits.
    ///   - now: the time.
    ///   - random: random bytes that nobody can guess.
    ///   - logger: where it writes what happens.
    /// - Throws: a `Failure` where another server runs on the folder, or the folder cannot be used.
    public static func open(
        directory: String,
        settings: ServerSettings,
        now: @escaping @Sendable () -> Timestamp,
        random: @escaping @Sendable (Int) -> [UInt8],
        logger: Logger
    ) throws -> HostedServer {
        try Folder.createDurably(directory, mode: 0o750)
        guard let lock = try FileLock.ifFree(directory + "/server.lock") else {
            throw Failure(
                .configuration,
                "another server runs on this folder",
                at: directory,
                remedy: "stop it first, or choose another folder"
            )
        }
        let parts = ServerParts(
            database: ObservedDatabase(try SQLiteDatabase(at: directory + "/server.sqlite")),
            blobs: try FileBlobStore(directory: directory + "/blobs"),
            access: PublicAccess(),
            publicURL: settings.address,
            now: now,
            random: random,
            changed: {},
            logger: logger
        )
        return HostedServer(parts: parts, areas: areas(parts, settings), settings: settings, lock: lock)
    }

    /// All of the server's areas. Channels' files are no area: they are answered before any route is asked.
    static func areas(_ parts: ServerParts, _ settings: ServerSettings) -> [any ServerRoutes] {
        [HealthRoutes(parts: parts), MetricsRoutes(parts: parts, isPublic: settings.hasPublicMetrics)]
    }
}

extension ServerSettings {
    /// Where the server is for others.
    var address: String {
        publicURL
            ?? "\(tls == nil ? "http" : "https")://\(host.utf8.contains(0x3A) ? "[\(host)]" : host):\(port)"
    }
}
