// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser

struct ChannelDelegate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delegate",
        abstract:
            "Let packages be signed by their maintainers' own keys, and not by the channel's online key.",
        discussion: """
            For the packages you choose, the channel's offline targets key says whose keys must sign each file, and how many \
            of them. Whoever breaks into the server, or steals the online key, cannot forge these packages. The maintainers \
            sign a list of the package's files, on machines of their own; the server publishes it.
            """,
        subcommands: [
            ChannelDelegateAdd.self, ChannelDelegateRemove.self, ChannelDelegateList.self,
            ChannelDelegateKey.self, ChannelDelegatePropose.self, ChannelDelegateSign.self,
            ChannelDelegateAccept.self,
        ]
    )
}
