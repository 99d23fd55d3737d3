// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser

struct ServerUserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user",
        abstract: "Say whom a server knows, and what they are on it.",
        subcommands: [
            ServerUserAdd.self, ServerUserList.self, ServerUserShow.self, ServerUserRole.self,
            ServerUserRemove.self,
        ]
    )
}
