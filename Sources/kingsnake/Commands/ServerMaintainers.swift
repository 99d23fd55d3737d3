// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser

struct ServerMaintainers: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "maintainers",
        abstract: "Publish lists that packages' maintainers have signed, and show who must sign what.",
        discussion: """
            That a package's maintainers sign it is decided by the channel's offline keys: `signing fetch`, `kingsnake root propose \
            --delegate`, `signing submit`. Lists are made on a copy with `kingsnake channel delegate propose`, and signed with \
            `kingsnake channel delegate sign`. The server takes a file of such a package only when its list is there.
            """,
        subcommands: [ServerMaintainersAccept.self, ServerMaintainersList.self]
    )
}
