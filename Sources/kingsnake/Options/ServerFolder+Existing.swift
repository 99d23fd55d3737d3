// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ChannelServer
import DurableFiles
import TrustCore

extension ServerFolder {
    /// The folder of a server, which must be there.
    ///
    /// - Throws: a `Failure` where there is none; `server.restore-unfinished`.
    static func existing(_ directory: String) throws -> ServerFolder {
        let folder = ServerFolder(try Folder.absolute(directory))
        if Folder.exists(folder.restoring) { throw Refusal(ServerCode.restoreUnfinished, directory) }
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
}
