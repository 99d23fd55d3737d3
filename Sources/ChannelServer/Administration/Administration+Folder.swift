// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Logging
public import TrustCore

extension Administration {
    /// Does what is asked in a server's folder, on the word of whoever can write there. The server may run meanwhile, and
    /// notices; the index and the log's checkpoint follow when it runs.
    ///
    /// - Parameters:
    ///   - request: what is asked.
    ///   - folder: the server's folder; an empty one becomes a server's.
    ///   - publicURL: where others reach the server, for the name of a log that does not exist yet; nil for what the settings
    ///     or the server's own log say.
    ///   - now: the time.
    ///   - random: random bytes, from a source that is made for secrets.
    /// - Throws: as ``answer(_:by:)``.
    public static func answer(
        _ request: AdministrationRequest,
        in folder: ServerFolder,
        publicURL: String? = nil,
        now: @escaping @Sendable () -> Timestamp,
        random: @escaping @Sendable (Int) -> [UInt8]
    ) async throws -> JSONObject {
        let settings = try ServerSettings(directory: folder.path)
        let database = try SQLiteDatabase(at: folder.database)
        defer { try? database.close() }
        let isSecure = settings.tls != nil
        let known = try await database.read { transaction in
            try PublishLogName.address(in: transaction.logs(), isSecure: isSecure)
        }
        let parts = ServerParts(
            database: database,
            blobs: try FileBlobStore(directory: folder.blobs),
            access: DatabaseAccess(database: database),
            publicURL: publicURL ?? settings.publicURL ?? known ?? "",
            now: now,
            random: random,
            changed: {},
            logger: Logger(label: "kingsnake", factory: { _ in SwiftLogNoOpLogHandler() })
        )
        let administration = Administration(
            parts: parts,
            issuers: try TokenIssuers.read(inServerAt: folder.path),
            keys: ChannelKeys(directory: folder.keys),
            recorded: { _ in }
        )
        return try await administration.answer(request, by: .ownerOfFolder)
    }
}
