// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import TrustCore
import TrustPolicy

struct ChannelPublishersList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Show who may publish what, as the channel's owner signed it.",
        discussion: "The metadata is verified from the root down before it is shown. No key is needed."
    )

    @OptionGroup var channel: ChannelOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let console = output.console
        let policy = try PublishersFile.policy(inChannelAt: channel.path)
        if let policy {
            console.say("\(policy.channel)")
            PolicyReport.lines(policy).forEach { console.say("\($0)") }
        } else {
            console.say("the owner says nothing of publishers; `kingsnake channel publishers add` does")
        }
        var document = JSONObject()
        document["schema"] = 1
        document["status"] = "ok"
        document["policy"] = policy?.json ?? .null
        console.emit(document)
    }
}
