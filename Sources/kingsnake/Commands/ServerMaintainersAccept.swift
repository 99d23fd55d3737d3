// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import CondaFormats
import TrustCore

struct ServerMaintainersAccept: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accept",
        abstract: "Publish a list of a package's files that enough of its maintainers have signed.",
        discussion: """
            The server verifies it as clients do: who signed, that it is newer than the last, that it names the package's \
            files alone, and promises no other bytes than the channel has. What it does not name any more is yanked; but the \
            first list by other keys must name all that is listed, or --remove-unlisted be given.
            """
    )

    @Argument(help: "The channel's name.")
    var channel: String

    @OptionGroup var package: PackageNameArgument

    @Argument(
        help: ArgumentHelp("The list, signed by enough of the maintainers.", valueName: "list"),
        completion: .file()
    )
    var list: String

    @Flag(help: "Take out of the index what a first list by new keys does not name.")
    var removeUnlisted = false

    @OptionGroup var server: AdministeredServer
    @OptionGroup var output: OutputOptions

    func validate() throws { try UsageCheck.path(list, of: "the list") }

    func run() async throws {
        let name = try package.package.normalized
        let request = AdministrationRequest(
            .put,
            ["channels", channel, "maintainers", name],
            query: removeUnlisted ? ["remove-unlisted": "true"] : [:],
            content: try MaintainersListFile.bytes(of: list)
        )
        let answer = try await server.ask(request, output.console)
        let version = answer["version"]?.integer ?? 0
        guard answer["changed"] == true else {
            return output.console.say("version \(version) of the list of `\(name)` is in force already")
        }
        let files = Counted(Int(clamping: answer["files"]?.integer ?? 0), "file")
        output.console.say(
            "version \(version) of the list of `\(name)` is in force: \(files), until \(answer.text("expires"))"
        )
        for file in answer["yanked"]?.array?.compactMap(\.string) ?? [] {
            output.console.say("yanked `\(file)`: the list does not name it")
        }
    }
}
