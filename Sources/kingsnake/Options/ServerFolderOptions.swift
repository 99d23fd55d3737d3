// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import TrustCore

/// The server that a command works on, by its folder. The server may run meanwhile.
struct ServerFolderOptions: ParsableArguments {
    @Option(
        name: .customLong("dir"),
        help: ArgumentHelp("The server's folder.", valueName: "dir"),
        completion: .directory
    )
    var directory: String

    func validate() throws { try UsageCheck.path(directory, of: "the server's folder") }

    /// The server's database, which must be there.
    func database() throws -> SQLiteDatabase {
        let folder = ServerFolder(directory)
        guard folder.isThere else {
            throw Failure(
                .configuration,
                "there is no server in this folder",
                at: directory,
                remedy: "give the folder that the server is started with"
            )
        }
        return try SQLiteDatabase(at: folder.database)
    }

    /// Whose tokens the server believes.
    func issuers() throws -> TokenIssuers { try TokenIssuers.read(inServerAt: directory) }

    /// A channel of the server.
    ///
    /// - Throws: `server.channel-name`, `server.channel-unknown`.
    static func channel(_ text: String, in database: SQLiteDatabase) async throws -> HostedChannel {
        let name = try ChannelName(text)
        guard let channel = try await database.read({ try $0.channel(name) }) else {
            throw Refusal(ServerCode.channelUnknown, text)
        }
        return channel
    }
}
