// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser

struct PolicyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy",
        abstract: "Check and test policies: who may publish which packages of which channel.",
        discussion: """
            Your own policy is policy.yaml in the folder of pinned roots; `kingsnake trust publisher` changes it. It \
            can only narrow what a channel's owner signed.
            """,
        subcommands: [PolicyCheck.self, PolicyTest.self]
    )
}
