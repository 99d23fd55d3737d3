// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import CondaFormats

struct ChannelAddSubdir: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add-subdir",
        abstract: "Delegate more subdirs, each with an empty index.",
        discussion: """
            Which subdirs there are is said by the targets key, so that key must be in the folder of keys for this. \
            A subdir that is there already is left alone.
            """
    )

    @OptionGroup var channel: ChannelOptions

    @Argument(help: ArgumentHelp("The subdirs, such as linux-riscv64.", valueName: "name"))
    var subdirs: [String]

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let console = output.console
        let names = try subdirs.map { try Subdir($0) }
        var channel = try channel.open()
        let change = try await channel.addSubdirs(names, now: SystemClock.now)
        for subdir in change.subdirs { console.say("added the subdir `\(subdir)`") }
        if change.subdirs.isEmpty { console.say("the channel has all of them already") }
        change.signed.forEach { console.say("signed \($0)") }
        console.emit(change.json)
    }
}
