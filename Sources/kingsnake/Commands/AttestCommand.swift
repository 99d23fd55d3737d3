// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser

struct AttestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attest",
        abstract: "Make and see attestations: who says what about which package, and whether that is true.",
        subcommands: [AttestCreate.self, AttestIdentity.self, AttestInspect.self]
    )
}
