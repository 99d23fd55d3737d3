// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import CondaFormats
import DurableFiles
import Transport
import TrustCore

struct ServerImport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Take all packages of another channel into a channel of the server.",
        discussion: """
            FROM is a channel's folder, as conda's or rattler's indexer or `kingsnake channel` makes it, `channels/NAME` of a \
            quetz deployment, or a channel's URL; of a quetz server that is https://SERVER/get/NAME. A channel that TUF signs is \
            verified from --root down.

            Each package must be what the old index promises, and is inspected as an upload is; its attestations come along. \
            What is refused is listed, and the rest goes on. To begin again after an interruption is safe: the same bytes \
            count as done.

            The server may be running: it notices, and makes the index anew. The publish log says of each file that it was \
            imported, from where and by whom; of a folder only its name.
            """
    )

    @Argument(help: "The server's channel, which takes the packages.")
    var channel: String

    @Argument(
        help: ArgumentHelp("The old channel: its folder, or its URL.", valueName: "from"),
        completion: .directory
    )
    var from: String

    @OptionGroup var arguments: ImportArguments
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if isURL {
            try UsageCheck.channel(from, of: "the old channel")
        } else {
            try UsageCheck.path(from, of: "the old channel")
            guard arguments.fromKeyFile == nil else { throw ValidationError("--from-key-file is for a URL") }
        }
    }

    private var isURL: Bool { from.hasPrefix("https://") || from.hasPrefix("http://") }

    func run() async throws {
        let console = output.console
        let directory = try Folder.absolute(arguments.directory)
        let target = try await ImportTarget(
            directory: directory,
            settings: try ServerSettings(directory: directory),
            publicURL: arguments.publicURL,
            now: { SystemClock.now },
            random: { SystemRandom.bytes($0) }
        )
        var options = HTTPOptions()
        options.userAgent = "kingsnake/\(Kingsnake.version)"
        let fetcher = URLFetcher(options: options)
        let display = ImportDisplay(console)
        do {
            let work = ChannelImport(
                into: channel,
                of: target,
                from: try source(fetcher),
                try arguments.options()
            )
            let report = try await work.run { display.show($0) }
            await fetcher.shutdown()
            display.clear()
            try ImportResult(report, channel: channel, from: work.sourceName, isDryRun: arguments.dryRun)
                .show(console)
        } catch {
            await fetcher.shutdown()
            display.clear()
            throw error
        }
    }

    private func source(_ fetcher: URLFetcher) throws -> ImportSource {
        let pause: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
        let root = try arguments.rootBytes()
        guard isURL else {
            return try ImportSource(
                folder: try Folder.absolute(from),
                root: root,
                ignoresSignatures: arguments.ignoreSignatures,
                fetcher: fetcher,
                pause: pause
            )
        }
        return try ImportSource(
            url: from,
            token: try arguments.fromKeyFile.map { try ServerKey.obtain(file: $0) },
            root: root,
            ignoresSignatures: arguments.ignoreSignatures,
            fetcher: fetcher,
            pause: pause
        )
    }
}
