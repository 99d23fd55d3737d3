// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import CondaFormats
import Foundation
import TrustCore

struct ProxyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "proxy",
        abstract: "Stand between conda clients and channels, and let only verified packages through.",
        discussion: """
            Clients reach a channel through the proxy in one of two ways: by its `http:` URL with `http_proxy` set to the \
            proxy, or by the path /c/https/HOST/CHANNEL of the proxy, as a mirror. Tunnels (CONNECT) are refused, because \
            nothing in them could be verified.

            Channels whose root is pinned are verified from that root down; others are only observed: see the documentation. \
            The proxy stops on SIGTERM or Ctrl-C, after the answers that are being sent have ended. \
            /_kingsnake/status, /_kingsnake/metrics and /_kingsnake/health say how it is.
            """
    )

    @Option(
        help: ArgumentHelp(
            "The address to listen on. (default: 127.0.0.1:\(ClientProxy.usualPort); port 0 for a free one)",
            valueName: "host:port"
        )
    )
    var listen: String?

    @Option(
        parsing: .singleValue,
        help: ArgumentHelp(
            "A name under which others reach the proxy; may be given several times.",
            valueName: "name"
        )
    )
    var hostName: [String] = []

    @Option(help: "The form of the log on standard error.")
    var logFormat = LogFormatArgument.text

    @OptionGroup var proxy: ProxyOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let listen, ListenAddress.read(listen) == nil {
            throw ValidationError(
                "--listen: `\(listen)` is not an address and a port such as `127.0.0.1:8085`"
            )
        }
    }

    func run() async throws {
        let console = output.console
        var settings = try proxy.settings(acceptsAny: false)
        if let (host, port) = listen.flatMap(ListenAddress.read) {
            settings.host = host
            settings.port = port
        } else if settings.port == 0 {
            // Where `kingsnake enable` sends clients.
            settings.port = Int(ClientProxy.usualPort)
        }
        settings.hostNames.formUnion(hostName.map { $0.lowercased() })
        guard !settings.channels.isEmpty || settings.acceptsAnyChannel else {
            throw ValidationError("name a channel with --channel, or pass on any with --any-channel")
        }
        let assembly = try ProxyAssembly(proxy, settings, log: logFormat)
        let served = settings
        do {
            try await assembly.proxy.run { Self.announce(served, $0, console) }
        } catch {
            await assembly.shutdown()
            throw error
        }
        ServiceManager.tell("STOPPING=1")
        await assembly.shutdown()
        for line in assembly.proxy.tally.summary.lines { console.remark("\(line)") }
    }

    private static func announce(_ settings: ProxySettings, _ port: Int, _ console: Console) {
        let host = settings.host.utf8.contains(0x3A) ? "[\(settings.host)]" : settings.host
        let url = "http://\(host):\(port)"
        console.say("verifying proxy at \(url)")
        for channel in settings.channels {
            guard let path = ProxyAddress.path(of: channel.url) else { continue }
            console.say("  \(channel.url) is at \(url + path)")
        }
        var document = JSONObject()
        document["schema"] = 1
        document["status"] = "ok"
        document["url"] = .string(url)
        document["any_channel"] = .bool(settings.acceptsAnyChannel)
        document["channels"] = .array(
            settings.channels.map { channel in
                var member = JSONObject()
                member["url"] = .string(channel.url.identity)
                member["proxied"] = ProxyAddress.path(of: channel.url).map { .string(url + $0) } ?? .null
                return .object(member)
            }
        )
        console.emit(document)
        ServiceManager.tell("READY=1")
    }
}
