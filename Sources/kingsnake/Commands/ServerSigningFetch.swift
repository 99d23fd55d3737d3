// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import DurableFiles
import TUF
import TrustCore

struct ServerSigningFetch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fetch",
        abstract:
            "Make a copy of a channel's metadata, for `root propose`, `root verify` and `delegate propose`.",
        discussion: """
            DIR/tuf gets the metadata in force, verified from the first root down; what an older copy there had is replaced. \
            A copy alone agrees with itself only: give a root that you know, as the commands that work on it ask for, too.
            """
    )

    @Argument(help: "The channel's name.")
    var channel: String

    @Argument(
        help: ArgumentHelp("The folder of the copy: a new one, or an older copy.", valueName: "copy"),
        completion: .directory
    )
    var copy: String

    @OptionGroup var known: KnownRootOptions
    @OptionGroup var server: AdministeredServer
    @OptionGroup var output: OutputOptions

    func validate() throws { try UsageCheck.path(copy, of: "the copy") }

    func run() async throws {
        let console = output.console
        let directory = try Folder.absolute(copy)
        let others = Folder.isFolder(directory) ? try Folder.names(in: directory) : []
        guard others.allSatisfy({ $0 == ChannelLayout.metadata }) else {
            throw Failure(
                .configuration,
                "that folder holds other things than a copy of metadata",
                at: directory,
                remedy: "give a new folder"
            )
        }
        let answer = try await server.ask(AdministrationRequest(.get, ["channels", channel, "tuf"]))
        let files = answer["files"]?.object?.members.compactMap { member in
            member.value.string.map { (name: member.key, bytes: Array($0.utf8)) }
        }
        // Names come from the server: what is no name of metadata is no file here.
        let names = (files ?? []).filter { Self.isMetadata($0.name) }
        let folder = directory + "/" + ChannelLayout.metadata
        let fresh = folder + ".new"
        if Folder.exists(fresh) { try Folder.removeTree(fresh) }
        try Folder.createDurably(fresh + "/" + ChannelLayout.metadata)
        for file in names {
            try DurableFile.write(file.bytes, to: fresh + "/" + ChannelLayout.metadata + "/" + file.name)
        }
        do {
            _ = try ChannelProposal.draft(ofChannelIn: fresh)
            let roots = try ChannelProposal.roots(in: fresh + "/" + ChannelLayout.metadata)
            if known.isGiven { try known.check(RootChain(files: roots)) }
        } catch {
            try Folder.removeTree(fresh)
            throw error
        }
        if Folder.exists(folder) { try Folder.removeTree(folder) }
        try Folder.createDurably(folder)
        for file in names { try DurableFile.write(file.bytes, to: folder + "/" + file.name) }
        try Folder.removeTree(fresh)
        console.say("copied \(Counted(names.count, "file")) of metadata to \(folder)")
        console.say("next, for a change of keys or thresholds: kingsnake root propose \(copy) PROPOSAL …")
        var document = AdministeredServer.document(JSONObject())
        document["directory"] = .string(directory)
        document["files"] = .array(names.map { .string($0.name) })
        console.emit(document)
    }

    /// Whether a file's name is one of metadata, and of nothing else: no folder, nothing hidden.
    private static func isMetadata(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        let isPlain = bytes.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
            default: "._-%".utf8.contains(byte)
            }
        }
        return isPlain && bytes.first != UInt8(ascii: ".") && bytes.count <= 255
            && bytes.reversed().starts(with: ".json".utf8.reversed())
    }
}
