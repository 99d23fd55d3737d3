// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import DurableFiles
import TrustCore

struct ServerBackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy what a server stores to a new folder, while it runs.",
        discussion: """
            The backup has the database as it was at one moment, every file that this leads to, each compared with its digest, \
            and the settings. It has no private keys: keep DIR/keys and DIR/publish-log elsewhere, encrypted. It is confidential \
            all the same, for private channels are in it. `server restore` makes a server's folder of it.
            """
    )

    @Argument(help: ArgumentHelp("The server's folder.", valueName: "dir"), completion: .directory)
    var directory: String

    @Argument(
        help: ArgumentHelp("The backup's folder; it must be empty, or not there.", valueName: "to"),
        completion: .directory
    )
    var target: String

    @OptionGroup var output: OutputOptions

    func validate() throws {
        try UsageCheck.path(directory, of: "the server's folder")
        try UsageCheck.path(target, of: "the backup's folder")
    }

    func run() async throws {
        let console = output.console
        let folder = try ServerFolder.existing(directory)
        let database = try SQLiteDatabase(reading: folder.database)
        defer { try? database.close() }
        let progress = CountBar(console, "files copied")
        let contents = try await ServerBackup(directory: try Folder.absolute(target)).make(
            of: database,
            FileBlobStore(directory: folder.blobs),
            in: folder,
            now: SystemClock.now,
            progress: { progress.show($0, of: $1) }
        )
        progress.clear()
        console.say("backed up \(directory) to \(target)")
        BackupReport.say(contents, on: console)
        console.say("Not in it: private keys. Keep `keys/` and `publish-log/key.json` elsewhere, encrypted.")
        console.emit(BackupReport.document(contents))
    }
}
