// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import CondaFormats
import DurableFiles
import TrustCore

/// How a channel is imported: what of it, and what it must be signed by.
struct ImportArguments: ParsableArguments {
    @Option(
        name: .customLong("dir"),
        help: ArgumentHelp(
            "The server's folder on this machine. The server may be running.",
            valueName: "dir"
        ),
        completion: .directory
    )
    var directory: String

    @Option(
        help: ArgumentHelp("The old channel's TUF root, which came by a way you trust.", valueName: "file"),
        completion: .file(extensions: ["json"])
    )
    var root: String?

    @Flag(help: "Take a signed channel as one that nobody signed.")
    var ignoreSignatures = false

    @Option(
        help: ArgumentHelp(
            "A file with a key that may read the old channel; it is sent as a part of the path, /t/KEY/.",
            valueName: "file"
        ),
        completion: .file()
    )
    var fromKeyFile: String?

    @Option(help: ArgumentHelp("Only this subdir; can be repeated.", valueName: "subdir"))
    var subdir: [String] = []

    @Flag(help: "Take packages whose attestations do not hold here without them.")
    var dropAttestations = false

    @Option(help: ArgumentHelp("How many packages to fetch and inspect at once.", valueName: "number"))
    var jobs = 4

    @Option(
        help: ArgumentHelp(
            "Who imports, for the publish log. (default: the owner of the server's folder)",
            valueName: "name"
        )
    )
    var by: String?

    @Option(
        help: ArgumentHelp(
            "Where others reach the server. (default: from server.json, or the name of the publish log)",
            valueName: "url"
        )
    )
    var publicURL: String?

    @Flag(help: "Only compare the old index with the channel, and say what would be done.")
    var dryRun = false

    func validate() throws {
        try UsageCheck.path(directory, of: "the server's folder")
        try UsageCheck.path(root, of: "--root")
        try UsageCheck.path(fromKeyFile, of: "--from-key-file")
        guard root == nil || !ignoreSignatures else {
            throw ValidationError("--root and --ignore-signatures contradict each other")
        }
        guard (1...64).contains(jobs) else { throw ValidationError("--jobs takes a number from 1 to 64") }
        if let by, by.isEmpty || by.utf8.count > 256 || by.utf8.contains(where: { $0 < 0x20 }) {
            throw ValidationError("--by takes a name")
        }
        if let publicURL { try UsageCheck.channel(publicURL, of: "--public-url") }
        for text in subdir where (try? Subdir(text)) == nil {
            throw ValidationError("--subdir: `\(text)` is no subdir such as `linux-64`")
        }
    }

    func options() throws -> ImportOptions {
        var options = ImportOptions()
        options.subdirs = subdir.isEmpty ? nil : try subdir.map { try Subdir($0) }
        options.isDryRun = dryRun
        options.dropsBadAttestations = dropAttestations
        options.width = jobs
        options.person = by
        return options
    }

    /// The bytes of the root that was given.
    func rootBytes() throws -> [UInt8]? {
        try root.map { path in
            guard let bytes = try DurableFile.read(path, maximumLength: 512_000) else {
                throw Failure(.disk, "there is no such file", at: path)
            }
            return bytes
        }
    }
}
