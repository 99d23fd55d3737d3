// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer

struct ChannelDelegateRemove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Let the online key vouch for a package again.",
        discussion: """
            Needs the offline targets key, and the online key. Clients that were away may be shown the time before until \
            the old targets metadata expires; see docs/threat-model.md. Where several people in separate places hold the \
            targets keys, use `root propose --undelegate` instead.
            """
    )

    @OptionGroup var channel: ChannelOptions
    @OptionGroup var package: PackageNameArgument
    @OptionGroup var targets: TargetsKeyOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let console = output.console
        let signers = try await targets.signers(passphraseFile: channel.passphraseFile)
        var channel = try channel.open()
        let change = try await channel.removeDelegation(
            of: try package.package,
            signingTargetsBy: signers,
            now: SystemClock.now
        )
        console.say("the channel's online key vouches for `\(package.name)` from now on")
        change.signed.forEach { console.say("signed \($0)") }
        console.emit(change.json)
    }
}
