// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import DurableFiles
import TrustCore

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve channels: packages, signed indexes, uploads.",
        discussion: """
            DIR holds all that the server knows; an empty or new one becomes a server without channels. What is not given \
            here is read from DIR/server.json, if it is there.

            The server speaks HTTP, or HTTPS with --tls-certificate and --tls-key (TLS 1.2 and 1.3). It stops on SIGTERM or \
            Ctrl-C, after the answers that are being sent have ended. /health/live and /health/ready say how it is.
            """
    )

    @Argument(help: ArgumentHelp("The server's folder; made if it is not there.", valueName: "dir"))
    var directory: String

    @Flag(help: "Read the settings and all that they name, say whether they are good, and end.")
    var check = false

    @OptionGroup var address: ServeOptions
    @OptionGroup var output: OutputOptions

    func validate() throws { try UsageCheck.path(directory, of: "the server's folder") }

    func run() async throws {
        let console = output.console
        let path = try Folder.absolute(directory)
        let given = try address.settings(in: path)
        if check { return try await say(given, in: path, console) }
        let settings = given.publicURL == nil ? try await given.withRealPort() : given
        if given.port == 0, given.publicURL == nil {
            console.warn(
                "the log of a new server is named after this port for ever; --public-url names it better"
            )
        }
        ProcessMemory.useFewArenas()
        let server = try HostedServer.open(
            directory: path,
            settings: settings,
            now: { SystemClock.now },
            random: { SystemRandom.bytes($0) },
            logger: ServerLog.logger(
                address.logFormat.format,
                now: { SystemClock.now },
                write: { StandardStream.send($0, to: 2) }
            )
        )
        try await server.run { port in
            let scheme = settings.tls == nil ? "http" : "https"
            let host = settings.host.utf8.contains(0x3A) ? "[\(settings.host)]" : settings.host
            console.say("serving \(path) at \(scheme)://\(host):\(port)")
            var document = JSONObject()
            document["schema"] = 1
            document["status"] = "ok"
            document["directory"] = .string(path)
            document["url"] = .string("\(scheme)://\(host):\(port)")
            console.emit(document)
            ServiceManager.tell("READY=1")
        }
        ServiceManager.tell("STOPPING=1")
    }

    private func say(_ settings: ServerSettings, in path: String, _ console: Console) async throws {
        try await HostedServer.check(settings, in: path)
        console.say("the settings are good: listens on \(settings.host):\(settings.port)")
        var document = JSONObject()
        document["schema"] = 1
        document["status"] = "ok"
        document["directory"] = .string(path)
        document["host"] = .string(settings.host)
        document["port"] = .number(JSONNumber(Int64(settings.port)))
        document["public_url"] = settings.publicURL.map { .string($0) }
        document["trusted_root"] = settings.trustedRoot.map { .string($0) }
        console.emit(document)
    }
}
