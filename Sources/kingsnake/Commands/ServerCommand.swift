// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser

struct ServerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "server",
        abstract: "Administer a server of channels: users, keys, channels, publishers, files, signatures.",
        discussion: """
            Either in the server's folder (--dir), where whoever can write to it may do everything, also while the server runs; \
            or from afar (--server), with a key whose holder has the right to it.
            """,
        subcommands: [
            ServerUserCommand.self, ServerKeyCommand.self, ServerChannelCommand.self, ServerPublisher.self,
            ServerYank.self, ServerUnyank.self, ServerRemove.self, ServerSigning.self, ServerMaintainers.self,
            ServerContentTrust.self,
            ServerImport.self,
            ServerBackupCommand.self, ServerRestoreCommand.self, ServerCheckCommand.self,
        ]
    )
}
