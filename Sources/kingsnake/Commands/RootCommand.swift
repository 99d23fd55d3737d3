// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser

struct RootCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "root",
        abstract: "Agree on a channel's offline keys: several authorities in separate places.",
        discussion: """
            One authority proposes, with `init` for a new channel or `propose` for a change; each looks at the proposal and \
            signs it with its own key; one collects the signatures with `merge` and hands the whole to whoever runs the \
            channel, who publishes it. Only small files travel. `verify` shows anybody who agreed to what.
            """,
        subcommands: [
            RootKey.self, RootInit.self, RootPropose.self, RootSign.self, RootMerge.self, RootPublish.self,
            RootVerify.self,
        ]
    )
}
