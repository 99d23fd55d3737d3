// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Gatekeeper
internal import Logging
public import TrustCore

/// The server whose channel takes an import, by its folder. It may be serving meanwhile: then it notices, and makes the
/// index anew; otherwise it does so when it is started.
public struct ImportTarget: Sendable {
    let parts: ServerParts
    let uploads: UploadSettings
    /// The folder for what is fetched and not taken in yet.
    let spool: String

    init(_ parts: ServerParts, _ uploads: UploadSettings, spool: String) {
        self.parts = parts
        self.uploads = uploads
        self.spool = spool
    }

    /// Opens a server's folder.
    ///
    /// - Parameters:
    ///   - directory: the folder, in which there is a server.
    ///   - settings: what its `server.json` says.
    ///   - publicURL: where others reach the server, if `server.json` does not say so: the publish log's name comes from
    ///     it, if this is the first entry, and attestations may say for which channel they are.
    ///   - now: the time.
    ///   - random: random bytes.
    /// - Throws: a `Failure` where no server was ever started, where nobody said what its address is, or for an instance of
    ///   Sigstore that is not known; `server.restore-unfinished`.
    public init(
        directory: String,
        settings: ServerSettings,
        publicURL: String?,
        now: @escaping @Sendable () -> Timestamp,
        random: @escaping @Sendable (Int) -> [UInt8]
    ) async throws {
        let folder = try ServerFolder.existing(directory)
        let trust = SigstoreTrustStore(directory: folder.sigstore)
        let choice = try settings.sigstoreKeys(in: trust)
        let database = try SQLiteDatabase(at: folder.database)
        let isSecure = settings.tls != nil
        let known = try await database.read { transaction in
            try PublishLogName.address(in: transaction.logs(), isSecure: isSecure)
        }
        guard var address = publicURL ?? settings.publicURL ?? known else {
            throw Failure(
                .configuration,
                "the publish log has no name yet, which is made of the server's address",
                remedy: "give the address by --public-url"
            )
        }
        while address.utf8.last == UInt8(ascii: "/") { address.removeLast() }
        let logger = Logger(label: "import", factory: { _ in SwiftLogNoOpLogHandler() })
        let condition = ServerCondition()
        let metrics = ServerMetrics()
        parts = ServerParts(
            database: database,
            blobs: try FileBlobStore(directory: folder.blobs),
            access: DatabaseAccess(database: database),
            publicURL: address,
            now: now,
            random: random,
            changed: {},
            logger: logger,
            quotas: ChannelQuotas(standard: settings.quota),
            metrics: metrics,
            condition: condition
        )
        uploads = UploadSettings(
            of: settings,
            quota: parts.quotas,
            keys: HostedSigstoreKeys(
                choice,
                store: trust,
                now: now,
                condition: condition,
                metrics: metrics,
                logger: logger
            )
        )
        spool = folder.path + "/import"
    }
}
