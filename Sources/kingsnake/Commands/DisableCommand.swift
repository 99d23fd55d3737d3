// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import TrustCore

struct DisableCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disable",
        abstract: "Take back what `kingsnake enable` changed, to the byte.",
        discussion: """
            A file that was changed by somebody else meanwhile keeps those changes, and loses our lines only. Without \
            --client it is about all files that were changed.
            """
    )

    @Option(help: ArgumentHelp("Whose settings: conda, mamba, pixi or all.", valueName: "client"))
    var client = ClientOptions.Choice.all

    @Flag(help: "Only show what would be changed.")
    var dryRun = false

    @OptionGroup var location: LocationOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let console = output.console
        let disk = ClientSettingsDisk(home: location.homeDirectory)
        var reports: [SettingsChangeReport] = []
        try disk.whileAlone { _ in reports = try takeBack(disk, console) }
        console.emit(SettingsChangeReport.json(reports, proxy: nil, dryRun: dryRun))
    }

    private func takeBack(_ disk: ClientSettingsDisk, _ console: Console) throws -> [SettingsChangeReport] {
        let files = try disk.enabled().files.filter { client == .all || $0.client == client.rawValue }
        if files.isEmpty { console.say("nothing is enabled") }
        // All are read before one is written: what cannot be taken back is found out first.
        let reversals = try files.map { file in
            let bytes = try ClientSettingsDisk.contents(file.path)
            return (file, try bytes.map { try ClientEnabling.reversal(of: file.path, containing: $0) })
        }
        var reports: [SettingsChangeReport] = []
        for (file, change) in reversals {
            if let change {
                let report = SettingsChangeReport(
                    client: file.client,
                    change: change.comparing(to: file.original)
                )
                report.show(on: console, done: "has none of our lines any more")
                reports.append(report)
            } else {
                console.say("\(file.client): \(file.path) is not there any more")
            }
            guard !dryRun else { continue }
            try disk.disable(change, file)
            if change?.isChange == true { console.say("changed \(file.path)") }
        }
        return reports
    }
}
