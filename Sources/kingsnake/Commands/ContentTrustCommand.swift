// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser

struct ContentTrustCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "content-trust",
        abstract: "Sign a channel for conda and mamba as they are: conda content trust.",
        subcommands: [ContentTrustVerify.self]
    )
}
