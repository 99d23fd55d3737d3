// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser

struct ContentTrustCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "content-trust",
        abstract: "Sign a channel for conda and mamba as they are: conda content trust.",
        discussion: """
            Offline keys of the root name those of the key manager, these name the package keys, and package keys sign each \
            record of the index. Released clients know no more than that: nothing of it protects from an old index, or from \
            one that hides packages. Sign the channel with TUF too, which `channel init` does.
            """,
        subcommands: [
            ContentTrustInit.self, ContentTrustDelegate.self, ContentTrustSign.self,
            ContentTrustStatusCommand.self,
            ContentTrustVerify.self,
        ]
    )
}
