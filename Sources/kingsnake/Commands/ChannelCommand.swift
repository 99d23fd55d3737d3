// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser

struct ChannelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "channel",
        abstract: "Make and keep a signed channel in a folder that any web server can serve.",
        subcommands: [
            ChannelInit.self, ChannelAdd.self, ChannelRemove.self, ChannelAddSubdir.self, ChannelSign.self,
            ChannelStatusCommand.self, ChannelList.self, ChannelVerify.self, ChannelDelegate.self,
            ChannelPublishers.self,
        ]
    )
}
