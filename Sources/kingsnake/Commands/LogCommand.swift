// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser

struct LogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log",
        abstract:
            "Check a channel server's publish log: what was published when, by whom, that nobody can unsay.",
        discussion: """
            A server writes everything that it publishes, yanks or removes into a log whose root it signs \
            (C2SP tlog-tiles). Who follows the log sees whether its history was changed; witnesses see whether everybody \
            is shown the same one.
            """,
        subcommands: [LogVerify.self, LogProve.self, LogMonitorCommand.self]
    )
}
