// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import DurableFiles
import TrustCore

struct ChannelDelegateAccept: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accept",
        abstract: "Publish a list that a package's maintainers have signed, and packages that it names.",
        discussion: """
            Needs the online key only. The signatures are checked as clients check them. What the new list does not name \
            any more is taken out of the index; but the first list after other keys were given must name all that is there, \
            or --remove-unlisted be given. All is published together, or nothing.
            """
    )

    @OptionGroup var channel: ChannelOptions
    @OptionGroup var package: PackageNameArgument

    @Argument(
        help: ArgumentHelp("The list, signed by enough of the maintainers.", valueName: "list"),
        completion: .file()
    )
    var list: String

    @Argument(
        help: ArgumentHelp(
            "Packages to put into the channel, .conda or .tar.bz2 files.",
            valueName: "package"
        ),
        completion: .file(extensions: ["conda", "bz2"])
    )
    var packages: [String] = []

    @Flag(help: "Take out of the index what a first list by new keys does not name.")
    var removeUnlisted = false

    @OptionGroup var sigstore: SigstoreOptions

    @Flag(help: "Publish packages that clients refuse for want of attestations, which are to come.")
    var awaitAttestations = false

    @OptionGroup var output: OutputOptions

    func validate() throws {
        try UsageCheck.path(list, of: "the list")
        try packages.forEach(UsageCheck.archive)
    }

    func run() async throws {
        let console = output.console
        let bytes = try MaintainersListFile.bytes(of: list)
        let incoming = try packages.map { path in
            try Refusal.naming(path) { try IncomingPackage(inspecting: Folder.absolute(path)) }
        }
        var channel = try channel.open()
        try await channel.use(sigstore, console, awaiting: awaitAttestations)
        let change = try await channel.accept(
            bytes,
            of: try package.package,
            packages: incoming,
            removingUnlisted: removeUnlisted,
            now: SystemClock.now
        )
        for file in change.added { console.say("added `\(file)`") }
        for file in change.unchanged { console.say("`\(file)` was there already, the same bytes") }
        for file in change.removed {
            console.say("removed `\(file)` from the index: the list does not name it")
        }
        ChannelChangeReport.say(attestationsOf: change, on: console)
        change.signed.forEach { console.say("signed \($0)") }
        console.emit(change.json)
    }
}
