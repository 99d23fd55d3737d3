// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser

struct ContentTrustCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "content-trust",
        abstract: "Sign the records of a channel for conda's and mamba's own verification.",
        subcommands: [ContentTrustSign.self, ContentTrustStatusCommand.self]
    )
}
