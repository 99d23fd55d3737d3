// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import DurableFiles
import Foundation
import TrustCore

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a conda client so that it gets verified packages only.",
        discussion: """
            A private proxy is started for this one command, and the client's environment points it there. What was passed on \
            and what was refused is told on standard error when the client has ended.

            The exit status is the client's. Only where the client is content although something that it asked for was \
            refused, it is that of the worst refusal: 1, 3, 4 or 5, as for other commands.
            """
    )

    @Argument(
        parsing: .postTerminator,
        help: ArgumentHelp("The client and its arguments, after `--`.", valueName: "client")
    )
    var client: [String] = []

    @Option(
        help: ArgumentHelp("Write what was decided to a file, in JSON.", valueName: "file"),
        completion: .file()
    )
    var summary: String?

    @OptionGroup var proxy: ProxyOptions

    @Flag(help: "Tell what was decided as one JSON document; standard output is the client’s.")
    var json = false

    @Flag(name: [.short, .long], help: "Tell at the end only what was refused.")
    var quiet = false

    @Flag(help: "Show the proxy’s log on standard error, among what the client says.")
    var log = false

    func validate() throws {
        guard !client.isEmpty else {
            throw ValidationError("name the client after `--`, as in `kingsnake run -- conda install zlib`")
        }
        try UsageCheck.path(summary, of: "--summary")
    }

    func run() async throws {
        var settings = try proxy.settings(acceptsAny: true)
        settings.offersTrials = false
        // Of a service's settings: this one is for one client on this machine, beside the service.
        (settings.host, settings.port, settings.hostNames) = ("127.0.0.1", 0, [])
        let path = try summary.map { try Folder.absolute($0) }
        let assembly = try ProxyAssembly(proxy, settings, log: log ? .text : nil)
        let status: Int32
        do {
            status = try await ClientRun(
                assembly.proxy,
                command: client,
                environment: ProcessInfo.processInfo.environment,
                folder: NSTemporaryDirectory() + "/kingsnake-run-\(UUID().uuidString)",
                remark: { StandardStream.send("kingsnake: \(Visible.text($0))\n", to: STDERR_FILENO) },
                prepare: Self.prepared
            ).run()
        } catch {
            await assembly.shutdown()
            throw error
        }
        await assembly.shutdown()
        try tell(assembly.proxy.tally.summary, client: status, path)
    }

    /// What the client needs so that it asks the proxy, by its name.
    private static func prepared(
        _ command: [String],
        _ proxy: String,
        _ environment: [String: String],
        _ folder: String
    ) throws -> ClientEnvironment {
        try ClientSettings.environment(
            for: ProxiedClient(program: command[0]),
            arguments: Array(command.dropFirst()),
            proxy: try ClientProxy(proxy),
            temporaryFolder: folder,
            existing: environment,
            contents: ClientSettingsDisk.contents
        )
    }

    private func tell(_ summary: ProxySummary, client status: Int32, _ path: String?) throws {
        let final = ClientRun.status(of: status, summary)
        var document = summary.json
        document["client_status"] = .number(JSONNumber(Int64(status)))
        document["status"] = .number(JSONNumber(Int64(final)))
        let bytes = JSONWriter.encode(.object(document), .indented)
        if json {
            StandardStream.send(Visible.json(bytes) + "\n", to: STDERR_FILENO)
        } else {
            for line in summary.lines where !quiet || line.hasPrefix("refused") {
                StandardStream.send("kingsnake: \(Visible.text(line))\n", to: STDERR_FILENO)
            }
        }
        // Whatever becomes of the file, the user was told.
        if let path { try DurableFile.write(bytes, to: path) }
        if final != 0 { throw ExitCode(final) }
    }
}
