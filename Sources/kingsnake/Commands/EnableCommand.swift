// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import TrustCore

struct EnableCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enable",
        abstract: "Point conda, mamba or pixi at the verifying proxy, in their own settings files.",
        discussion: """
            Shows the change and asks. Our lines stand in a marked block at the end of the file, lines that they replace \
            become comments, and `kingsnake disable` gives the file back as it was. Environments keep naming the original \
            channels. Nothing about certificates is touched. `kingsnake run -- CLIENT …` does the same for one command, \
            without changing anything.
            """
    )

    @OptionGroup var clients: ClientOptions

    @Option(
        help: ArgumentHelp(
            "Where `kingsnake proxy` listens. (default: \(ClientProxy.usual.address))",
            valueName: "url"
        )
    )
    var proxy: String?

    @Flag(help: "Only show what would be changed.")
    var dryRun = false

    @Flag(help: "Go on without asking.")
    var yes = false

    @OptionGroup var location: LocationOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let console = output.console
        let environment = ClientOptions.environment
        let proxy = try proxy.map { try ClientProxy($0) } ?? .usual
        let changes = try clients.clients(in: environment).compactMap { client in
            try ClientEnabling.change(
                of: client,
                to: proxy,
                environment: environment,
                contents: ClientSettingsDisk.contents
            ).map { SettingsChangeReport(client: client.rawValue, change: $0) }
        }
        for change in changes { change.show(on: console, done: "is set already") }
        let due = changes.filter(\.change.isChange)
        if !dryRun, !due.isEmpty {
            if !yes {
                let question: TerminalText =
                    "change \(Counted(due.count, "settings file")) so that the proxy is asked?"
                try Confirmation.demand(question, otherwise: "nothing was changed")
            }
            let disk = ClientSettingsDisk(home: location.homeDirectory)
            for report in due {
                try disk.enable(report.change, for: report.client, by: proxy)
                console.say("changed \(report.change.path)")
            }
            let place = proxy == .usual ? "" : " --listen \(proxy.address.dropFirst("http://".count))"
            console.say("start the proxy with `kingsnake proxy --any-channel\(place)`")
            console.say("show that it works with `kingsnake doctor`")
            console.say("take this back with `kingsnake disable`")
        }
        if environment["http_proxy"] != nil || environment["https_proxy"] != nil {
            console.warn(
                "`http_proxy` and `https_proxy` of the environment count before conda's settings: unset them"
            )
        }
        console.emit(SettingsChangeReport.json(changes, proxy: proxy.address, dryRun: dryRun))
    }
}
