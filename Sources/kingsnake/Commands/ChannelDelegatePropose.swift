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
            channel's tuf folder is read, so a copy of that is enough. Where there are such files, give a root that you know: \
            whoever broke into the server can show you a channel of their own. Every package is inspected first. No key is \
            needed.
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

    @OptionGroup var known: KnownRootOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        try UsageCheck.path(directory, of: "the channel's folder")
        try UsageCheck.path(out, of: "--out")
        try UsageCheck.path(known.root, of: "--root")
        guard known.root == nil || known.rootSha256 == nil else {
            throw ValidationError("give --root FILE or --root-sha256 HEX, not both")
        }
        try packages.forEach(UsageCheck.archive)
        for file in withdrawn { _ = try UsageCheck.value(file) { try ChannelFile($0) } }
    }

    func run() throws {
        let console = output.console
        let directory = try Folder.absolute(self.directory)
        var draft = try MaintainersDraft(of: try package.package, in: directory, root: try root)
        for path in packages {
            let incoming = try Refusal.naming(path) { try IncomingPackage(inspecting: Folder.absolute(path)) }
            try draft.vouch(for: incoming)
        }
        for file in withdrawn { try draft.withdraw(try ChannelFile(file)) }
        let list = try draft.list(expires: SystemClock.now.advanced(bySeconds: lifetime.seconds))
        try DurableFile.write(list.encoded(), to: try Folder.absolute(out))
        MaintainersListFile.show(list, console) { draft.isNew($0) ? "new   " : "kept  " }
        for file in draft.withdrawn { console.say("  gone  \(file)") }
        if draft.isFirst { warn(draft, in: directory, console) }
        console.say("next: kingsnake channel delegate sign \(out) --key KEY, by each of the maintainers")
        console.emit(MaintainersListFile.json(list))
    }

    private var root: MaintainersDraft.KnownRoot? {
        get throws {
            if let file = known.root { return .file(try MaintainersListFile.bytes(of: file)) }
            return known.rootSha256.flatMap { Digest(.sha256, hex: $0) }.map { .digest($0) }
        }
    }

    /// Says that nothing was taken over, and what would go away: the index is only read to be shown.
    private func warn(_ draft: MaintainersDraft, in directory: String, _ console: Console) {
        console.say("the list began empty: none is in force that the keys that count now have signed")
        guard let listing = try? ChannelListing(directory: directory) else {
            return console.warn("no index can be read here: see that the list names all that the channel has")
        }
        let unlisted = draft.unlisted(in: listing)
        guard !unlisted.isEmpty else { return }
        console.warn(
            "the list began empty, and lacks \(Counted(unlisted.count, "file")) of the package that the index has:"
        )
        for file in unlisted { console.warn("it lacks `\(file)`") }
    }
}
