// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import TrustCore

struct ChannelStatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show a channel's roles: who signs what, which version, what expires when.",
        discussion: "The metadata is verified from the root down before it is shown. No key is needed."
    )

    @OptionGroup var channel: ChannelOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let console = output.console
        let now = SystemClock.now
        let status = try ChannelStatus(
            directory: try channel.path,
            keys: try channel.keyRing,
            now: now
        )
        console.say("\(try channel.path)")
        console.say("root sha256 \(status.rootDigest.hex) (version 1, the one to pin)")
        console.say("")
        var table = TextTable(["ROLE", "VERSION", "SIGNERS", "KEYS", "EXPIRES", "", "PACKAGES"])
        for role in status.roles {
            table.add([
                role.name, "\(role.version)", "\(role.threshold) of \(role.keyIDs.count)",
                role.keyIDs.map { String($0.prefix(8)) }.joined(separator: " "), role.expires.description,
                role.remaining(at: now), role.packageCount.map { "\($0)" } ?? "",
            ])
        }
        table.lines.forEach { console.say("\($0)") }
        console.say("")
        MaintainersReport(status.maintained, now).lines.forEach { console.say("\($0)") }
        for step in status.trustSteps ?? [] { console.say("next: \(step)") }
        if status.isPending {
            console.warn(
                "a publication was interrupted; the next `channel add`, `sign` or `verify` finishes it"
            )
        }
        console.emit(status.json)
    }
}
