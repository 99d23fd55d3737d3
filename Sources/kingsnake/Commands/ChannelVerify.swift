// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import DurableFiles
import TrustCore

struct ChannelVerify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check everything in a channel's folder, from the root down to every package.",
        discussion: """
            Metadata, index files in all their forms, shards, and the digest of every package; with --deep every file \
            inside every package as well. Files that nobody signed for are findings too. No key is needed. \
            A publication that was interrupted is finished first.
            """
    )

    @OptionGroup var channel: ChannelOptions

    @Option(
        help: ArgumentHelp("The root to start from. (default: DIR/tuf/1.root.json)", valueName: "file"),
        completion: .file(extensions: ["json"])
    )
    var root: String?

    @Flag(help: "Unpack every package in memory and check every file in it.")
    var deep = false

    @OptionGroup var output: OutputOptions

    func validate() throws { try UsageCheck.path(root, of: "--root") }

    func run() throws {
        let console = output.console
        let root = try root.map { path in
            guard let bytes = try DurableFile.read(path, maximumLength: 512_000) else {
                throw Failure(.disk, "there is no such file", at: path)
            }
            return bytes
        }
        let bar = ProgressBar(console)
        let check = ChannelCheck(directory: try channel.path, root: root, now: SystemClock.now)
        let report = try check.run(deep ? .everyFile : .digests) { bar.advance($0) }
        bar.clear()
        let packages = Counted(report.packageCount, "package"),
            subdirs = Counted(report.subdirCount, "subdir")
        console.say("verified \(packages) in \(subdirs), from root version \(report.rootVersion)")
        let files = Counted(report.indexFileCount, "index file"), shards = Counted(report.shardCount, "shard")
        console.say("  \(files) and \(shards) say the same")
        if report.maintainedCount > 0 {
            console.say("  \(Counted(report.maintainedCount, "package")) signed by their maintainers")
        }
        if report.attestedCount > 0 {
            console.say(
                "  \(Counted(report.attestedCount, "package")) with the attestations that the index promises"
            )
        }
        if report.entryCount > 0 {
            console.say("  a policy of publishers with \(Counted(report.entryCount, "entry"))")
        }
        console.say("  good until \(report.expires)")
        console.emit(report.json)
    }
}
