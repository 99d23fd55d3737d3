// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import CondaFormats

struct ChannelRemove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Take packages out of a channel's index, and sign the new index.",
        discussion: """
            The index lists them as removed from then on, so that audits notice. Their files stay for those who hold a lock, \
            unless --delete is given.
            """
    )

    @OptionGroup var channel: ChannelOptions

    @Argument(help: ArgumentHelp("SUBDIR/FILE as the index has it.", valueName: "package"))
    var packages: [String]

    @Flag(help: "Delete the files too.")
    var delete = false

    @OptionGroup var output: OutputOptions

    func validate() throws {
        for package in packages {
            guard package.contains("/") else {
                throw ValidationError(
                    "`\(package)`: expected SUBDIR/FILE, such as "
                        + "`linux-64/hello-1.0-0.conda`"
                )
            }
            _ = try UsageCheck.value(package) { try ChannelFile($0) }
        }
    }

    func run() async throws {
        let console = output.console
        var channel = try channel.open()
        let names = try packages.map { try ChannelFile($0) }
        let change = try await channel.remove(names, deletingFiles: delete, now: SystemClock.now)
        for file in change.removed { console.say("removed `\(file)`\(delete ? "" : " from the index")") }
        change.signed.forEach { console.say("signed \($0)") }
        console.emit(change.json)
    }
}
