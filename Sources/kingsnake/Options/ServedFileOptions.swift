// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import TrustCore

/// Which of a channel's files a command is about, and how it goes about them.
struct ServedFileOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("The channel's name.", valueName: "channel"))
    var channel: String

    @Argument(
        help: ArgumentHelp(
            "The files: `linux-64/foo-1.0-0.conda`, or with `*` and `?`, quoted: 'noarch/foo-1.*'.",
            valueName: "subdir/file"
        )
    )
    var patterns: [String]

    @Option(help: ArgumentHelp("Why, for the publish log: at most 1000 bytes.", valueName: "text"))
    var reason: String?

    @Flag(help: "Only show which files are meant, and how they are now.")
    var dryRun = false

    @Flag(help: "Go on without asking.")
    var yes = false

    @Flag(help: "Do not wait until the index tells.")
    var noWait = false

    func validate() throws {
        guard (reason?.utf8.count ?? 0) <= 1000 else {
            throw ValidationError("--reason: at most 1000 bytes")
        }
        for pattern in patterns where pattern.utf8.count(where: { $0 == UInt8(ascii: "/") }) != 1 {
            throw ValidationError("`\(pattern)`: expected `SUBDIR/FILE`, perhaps with `*` and `?`")
        }
    }

    /// Whether a pattern could mean more than is seen at a glance.
    var hasWildcards: Bool { patterns.contains { $0.utf8.contains { "*?".utf8.contains($0) } } }

    /// The files that are meant, each once.
    func files(of server: AdministeredServer) async throws -> [ServedFile] {
        var files: [ServedFile] = []
        var known: Set<ByteKey> = []
        for pattern in patterns {
            let request = AdministrationRequest(
                .get,
                ["channels", channel, "files"],
                query: ["match": pattern]
            )
            let found = try await server.ask(request)["files"]?.array?.compactMap(\.object) ?? []
            for file in found.map(ServedFile.init) where known.insert(ByteKey(file.path)).inserted {
                files.append(file)
            }
        }
        return files
    }
}

/// A file of a channel, as a server's administration tells of it.
struct ServedFile {
    let subdir: String
    let name: String
    let state: String

    init(_ json: JSONObject) {
        subdir = json.text("subdir")
        name = json.text("file")
        state = json.text("state")
    }

    var path: String { "\(subdir)/\(name)" }
}
