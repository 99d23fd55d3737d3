// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser

struct ServerMemberCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "member",
        abstract: "Say who is what in a channel, or for a package of it.",
        subcommands: [ServerMemberAdd.self, ServerMemberList.self, ServerMemberRemove.self]
    )
}
