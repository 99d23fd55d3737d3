// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser

struct ServerSigning: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "signing",
        abstract: "Have a channel's root and targets signed by offline keys, which the server never sees.",
        discussion: """
            `status` says what there is to sign. `propose` writes a proposal, which each authority signs where their key is, with \
            `kingsnake root sign`; one collects the signatures with `kingsnake root merge`, and `submit` puts it in force. For \
            other changes, such as keys and thresholds, `fetch` makes a copy for `kingsnake root propose`.
            """,
        subcommands: [
            ServerSigningStatus.self, ServerSigningPropose.self, ServerSigningFetch.self,
            ServerSigningSubmit.self, ServerSigningForget.self,
        ]
    )
}
