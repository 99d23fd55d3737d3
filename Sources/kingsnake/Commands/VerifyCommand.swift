// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import CondaFormats

struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract:
            "Check a package: its archive, every file in it, and that a pinned channel's signed index lists it.",
        discussion: """
            A URL is fetched from the channel's mirrors. A file is looked up by its name in every pinned channel, or in \
            the one given with --channel.
            """
    )

    @Argument(
        help: ArgumentHelp("A package's URL, or a .conda or .tar.bz2 file.", valueName: "package"),
        completion: .file(extensions: ["conda", "bz2"])
    )
    var package: String

    @Option(help: ArgumentHelp("The channel that a file is said to be from.", valueName: "url"))
    var channel: String?

    @OptionGroup var gate: GateOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        try UsageCheck.package(package)
        if let channel { try UsageCheck.channel(channel, of: "--channel") }
    }

    func run() async throws {
        var check = PackageCheck(subject: package, gate: gate, console: output.console)
        check.channel = try channel.map { try ChannelURL($0) }
        try await check.explain()
    }
}
