// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import CondaFormats
import DurableFiles
import TrustCore

struct ChannelDelegatePropose: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "propose",
        abstract: "Make the next list of a package's files, for its maintainers to sign.",
        discussion: """
            Begins with the files that they vouch for now, and puts packages on the list or takes some off. Only the \
            channel's tuf folder is read, so a copy of that is enough. Every package is inspected first. No key is needed.
            """
    )

    @Argument(
        help: ArgumentHelp("The channel's folder, or a copy of it.", valueName: "dir"),
        completion: .directory
    )
    var directory: String

    @OptionGroup var package: PackageNameArgument

    @Argument(
        help: ArgumentHelp(
            "The packages to put on the list, .conda or .tar.bz2 files.",
            valueName: "package"
        ),
        completion: .file(extensions: ["conda", "bz2"])
    )
    var packages: [String] = []

    @Option(
        name: .customLong("withdraw"),
        parsing: .singleValue,
        help: ArgumentHelp(
            "A file to take off the list; may be given several times.",
            valueName: "subdir/file"
        )
    )
    var withdrawn: [String] = []

    @Option(
        name: [.short, .long],
        help: ArgumentHelp("Where to write the list.", valueName: "file"),
        completion: .file()
    )
    var out: String

    @Option(help: ArgumentHelp("How long the list is good.", valueName: "time"))
    var lifetime = Lifetime(days: 365)

    @Option(
        help: ArgumentHelp("The root to start from. (default: DIR/tuf/1.root.json)", valueName: "file"),
        completion: .file(extensions: ["json"])
    )
    var root: String?

    @OptionGroup var output: OutputOptions

    func validate() throws {
        try UsageCheck.path(directory, of: "the channel's folder")
        try UsageCheck.path(out, of: "--out")
        try UsageCheck.path(root, of: "--root")
        try packages.forEach(UsageCheck.archive)
        for file in withdrawn { _ = try UsageCheck.value(file) { try ChannelFile($0) } }
    }

    func run() throws {
        let console = output.console
        let root = try root.map { try MaintainersListFile.bytes(of: $0) }
        var draft = try MaintainersDraft(
            of: try package.package,
            in: try Folder.absolute(directory),
            root: root
        )
        for path in packages {
            let incoming = try Refusal.naming(path) { try IncomingPackage(inspecting: Folder.absolute(path)) }
            try draft.vouch(for: incoming)
        }
        for file in withdrawn { try draft.withdraw(try ChannelFile(file)) }
        let list = try draft.list(expires: SystemClock.now.advanced(bySeconds: lifetime.seconds))
        try DurableFile.write(list.encoded(), to: try Folder.absolute(out))
        MaintainersListFile.show(list, console)
        console.say("next: kingsnake channel delegate sign \(out) --key KEY, by each of the maintainers")
        console.emit(MaintainersListFile.json(list))
    }
}
