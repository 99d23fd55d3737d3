// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser

struct ChannelPublishers: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publishers",
        abstract: "Say, as the channel's owner, who may publish which packages of it.",
        discussion: """
            What you say is kept in publishers.json, which the channel's offline targets key signs. Every client then refuses \
            packages that are not attested by those whom you named: an attestation that was taken away does not help whoever \
            breaks into the server, nor whoever steals the online key. What changes, and which of the channel's files clients \
            would refuse by it, is shown before anything is signed.
            """,
        subcommands: [
            ChannelPublishersAdd.self, ChannelPublishersRequire.self, ChannelPublishersRemove.self,
            ChannelPublishersSet.self, ChannelPublishersList.self, ChannelPublishersTest.self,
        ]
    )
}
