// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import TrustCore

struct ChannelDelegateList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Show the packages that their maintainers sign: whose keys, how many, until when.",
        discussion: "The metadata is verified from the root down before it is shown. No key is needed."
    )

    @OptionGroup var channel: ChannelOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let console = output.console
        let now = SystemClock.now
        let status = try ChannelStatus(directory: channel.path, now: now)
        MaintainersReport(status.maintained, now).lines.forEach { console.say("\($0)") }
        var document = JSONObject()
        document["schema"] = 1
        document["status"] = "ok"
        document["maintainers"] = status.json["maintainers"]
        console.emit(document)
    }
}
