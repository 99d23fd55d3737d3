// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser

struct ServerPublisher: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publisher",
        abstract: "Say which build jobs may publish which packages, without a stored secret.",
        discussion: """
            A job of GitHub Actions, GitLab CI or another issuer that the server believes shows the server a token that the \
            build service signed for it, and is given a key for fifteen minutes. Which packages the key is for is \
            what trusted publishers say. Each change is in the publish log, and counts at once.
            """,
        subcommands: [Add.self, List.self, Remove.self, Test.self]
    )
}
