// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser

struct AttestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attest",
        abstract: "See attestations: who says what about which package, and whether that is true.",
        subcommands: [AttestIdentity.self, AttestInspect.self]
    )
}
