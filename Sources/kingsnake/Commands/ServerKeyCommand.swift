// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser

struct ServerKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "Make, list and revoke keys to a server.",
        subcommands: [ServerKeyCreate.self, ServerKeyList.self, ServerKeyRevoke.self]
    )
}
