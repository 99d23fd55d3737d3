// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import DurableFiles
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
        try Self.demandDifferentFiles(changes)
        for change in changes { change.show(on: console, done: "is set already") }
        let due = changes.filter(\.change.isChange)
        if !dryRun, !due.isEmpty {
            if !yes {
                let question: TerminalText =
                    "change \(Counted(due.count, "settings file")) so that the proxy is asked?"
                try Confirmation.demand(question, otherwise: "nothing was changed")
            }
            let disk = ClientSettingsDisk(home: location.homeDirectory)
            try disk.whileAlone { made in
                // All are looked at before one is written.
                for report in due { try disk.check(report.change) }
                for report in due {
                    try disk.enable(report.change, for: report.client, by: proxy, made: made)
                    console.say("changed \(report.change.path)")
                }
            }
            let place = proxy == .usual ? "" : " --listen \(proxy.address.dropFirst("http://".count))"
            console.say("start the proxy with `kingsnake proxy --any-channel\(place)`")
            console.say("show that it works with `kingsnake doctor`")
            console.say("take this back with `kingsnake disable`")
        }
        let variables = ["http_proxy", "https_proxy", "all_proxy"].flatMap { [$0, $0.uppercased()] }
            .filter { environment[$0].map { !$0.isEmpty && $0 != proxy.address } ?? false }
        if !variables.isEmpty {
            let names = variables.map { "`\($0)`" }.joined(separator: ", ")
            console.warn("the environment sets \(names), which conda heeds before its settings: unset them")
        }
        console.emit(SettingsChangeReport.json(changes, proxy: proxy.address, dryRun: dryRun))
    }

    /// Two clients may read one file, by a link or a variable; then the one's lines would take the place of the other's.
    private static func demandDifferentFiles(_ changes: [SettingsChangeReport]) throws {
        var clients: [String: String] = [:]
        for report in changes {
            let path = try DurableFile.target(of: report.change.path) ?? report.change.path
            guard let other = clients.updateValue(report.client, forKey: path) else { continue }
            throw Failure(
                .configuration,
                "\(other) and \(report.client) have one settings file between them",
                at: path,
                remedy: "name one of them with `--client`"
            )
        }
    }
}
