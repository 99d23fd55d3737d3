// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import ArgumentParser
public import ChannelServer
import CondaFormats
import DurableFiles
import Transport
import TrustCore

struct ContentTrustVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract:
            "Check a channel's content trust, record by record, or tell what conda or mamba would accept of it.",
        discussion: """
            The roots are followed from the one given, and nothing may have expired. Every record of every repodata.json \
            must be signed in full by enough keys, be of the file name and the subdir it is listed under, and have a \
            SHA-256; the other index files must say the same. With --as the verdict is that client's, as released, with \
            all that it does not look at. Content trust covers records: not how old an index is, nor what it leaves out.
            """
    )

    @Argument(help: "A channel's folder or URL.", completion: .directory)
    var channel: String

    @Option(
        help: ArgumentHelp(
            "The root to start from, got by another way. (default: the channel's 1.root.json)",
            valueName: "file"
        ),
        completion: .file(extensions: ["json"])
    )
    var root: String?

    @Option(
        name: .customLong("as"),
        help: ArgumentHelp("Tell what this client accepts.", valueName: "client")
    )
    var client: ContentTrustClient?

    @Option(
        name: .customLong("subdir"),
        parsing: .singleValue,
        help: ArgumentHelp(
            "Look at this subdir only; may be repeated. (default: all that the channel has)",
            valueName: "subdir"
        )
    )
    var subdirs: [String] = []

    @Option(
        help: ArgumentHelp("Show so many records that are not good; --json has all.", valueName: "number")
    )
    var show = 20

    @OptionGroup var output: OutputOptions

    func validate() throws {
        try UsageCheck.path(channel, of: "the channel")
        try UsageCheck.path(root, of: "--root")
        if channel.contains("://") { try UsageCheck.channel(channel, of: "the channel") }
        for subdir in subdirs { _ = try UsageCheck.value(subdir) { try Subdir($0) } }
        guard show >= 0 else { throw ValidationError("--show: expected 0 or more") }
    }

    func run() async throws {
        let console = output.console
        let fetcher = URLFetcher(observer: TransferDisplay(console))
        do {
            try await run(console, fetcher)
            await fetcher.shutdown()
        } catch {
            await fetcher.shutdown()
            throw error
        }
    }

    private func run(_ console: Console, _ fetcher: URLFetcher) async throws {
        let isURL = channel.contains("://")
        let source =
            isURL
            ? ContentTrustSource(try ChannelURL(channel), over: fetcher)
            : ContentTrustSource(directory: try Folder.absolute(channel))
        let limit = console.style == .json ? Int.max : show
        let check = ContentTrustCheck(source, now: SystemClock.now, keeping: limit)
        let start = try await startingRoot(check)
        let chosen = try chosenSubdirs(isURL: isURL)
        let bar = ProgressBar(console)
        let report: ContentTrustReport
        if let client {
            report = try await check.run(
                as: client,
                root: start,
                subdirs: chosen,
                skippingAbsent: subdirs.isEmpty
            ) { bar.advance(UInt64($0)) }
        } else {
            report = try await check.run(root: start, subdirs: chosen, skippingAbsent: subdirs.isEmpty) {
                bar.advance(UInt64($0))
            }
        }
        bar.clear()
        ContentTrustResult(report, of: source.name, as: client, isPinned: root != nil).show(console)
        if let worst = report.worst { throw ExitCode(worst.exitStatus) }
    }

    private func startingRoot(_ check: ContentTrustCheck) async throws -> [UInt8] {
        guard let root else { return try await check.firstRoot() }
        guard let bytes = try DurableFile.read(root, maximumLength: 512_000) else {
            throw Failure(.disk, "there is no such file", at: root)
        }
        return bytes
    }

    /// Behind a URL nobody can list folders: the usual names are tried.
    private static let usualSubdirs = [
        "noarch", "linux-64", "linux-aarch64", "linux-ppc64le", "linux-s390x", "osx-64", "osx-arm64",
        "win-32",
        "win-64", "win-arm64",
    ]

    private func chosenSubdirs(isURL: Bool) throws -> [Subdir] {
        guard subdirs.isEmpty else { return try subdirs.map { try Subdir($0) } }
        let names = isURL ? Self.usualSubdirs : try Folder.names(in: Folder.absolute(channel))
        return names.compactMap { try? Subdir($0) }.sorted()
    }
}

extension ContentTrustClient: ExpressibleByArgument {}
