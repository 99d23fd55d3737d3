// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import DurableFiles
internal import TrustCore

/// The folder of a server, and what is where in it.
///
/// - `server.json`: its settings (``ServerSettings``); `issuers.json`: whose tokens it believes (``TokenIssuers``);
///   `log-policy.txt`: the witnesses of its log (C2SP tlog-policy).
/// - `server.sqlite`, `blobs/`: all that it stores; what a ``ServerBackup`` has.
/// - `keys/CHANNEL/`: channels' online keys; `publish-log/`: the log's key, and what was signed with it last. In no backup.
/// - `server.lock`: held by the server that runs on the folder. `restoring/`: a backup is being restored, or was not
///   finished (``ServerRestore``). `sigstore/`: keys of Sigstore instances, as they were updated last.
public struct ServerFolder: Sendable {
    /// Its path.
    public let path: String

    /// Names a folder, which need not exist.
    public init(_ path: String) { self.path = path }

    /// The path of the database.
    public var database: String { path + "/server.sqlite" }
    /// The path of the folder of blobs.
    public var blobs: String { path + "/blobs" }
    /// The path of the folder of channels' online keys.
    public var keys: String { path + "/keys" }
    /// The path of the folder of the log's key.
    public var log: String { path + "/publish-log" }
    /// The path of the policy that names witnesses.
    public var logPolicy: String { path + "/log-policy.txt" }
    /// The path of the folder of what is known of Sigstore instances: a trust store's.
    public var sigstore: String { path + "/sigstore" }
    /// The path of the lock that a running server holds.
    public var lock: String { path + "/server.lock" }

    /// The path of the folder in which a backup is put together before it takes its place.
    public var restoring: String { path + "/restoring" }

    /// What people write there: settings, in every backup.
    static let settingsFiles = [ServerSettings.fileName, "issuers.json", "log-policy.txt"]
    /// What is in no backup, and may be there before one is restored.
    static let keptBesideBackups = ["keys", "publish-log", "sigstore", "server.lock", "lost+found"]

    /// Whether a server was ever started there.
    public var isThere: Bool { Folder.exists(database) }

    /// The folder of a server, which must be there, and whole.
    ///
    /// - Throws: a `Failure` where no server was ever started; `server.restore-unfinished`.
    public static func existing(_ directory: String) throws -> ServerFolder {
        let folder = ServerFolder(try Folder.absolute(directory))
        try folder.demandRestored()
        guard folder.isThere else {
            throw Failure(
                .configuration,
                "there is no server in this folder",
                at: directory,
                remedy: "give the folder that the server is started with"
            )
        }
        return folder
    }

    /// - Throws: `server.restore-unfinished` while a backup is being restored into it, or where that was not finished.
    func demandRestored() throws {
        if Folder.exists(restoring) { throw Refusal(ServerCode.restoreUnfinished, path) }
    }
}
