// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser

struct ServerChannelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "channel",
        abstract: "Make channels on a server, and say who reads them and how much they may hold.",
        subcommands: [
            ServerChannelCreate.self, ServerChannelList.self, ServerChannelSet.self, ServerMemberCommand.self,
        ]
    )
}
