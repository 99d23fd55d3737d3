// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import DurableFiles
import Foundation
import Transport
import TrustCore

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Prove that your clients get verified packages only.",
        discussion: """
            Looks at what `kingsnake enable` wrote and at whatever counts more, and at the proxy that runs. Then each client, \
            with its own settings, is offered a good package, one with other bytes than were signed, a withdrawn one by an \
            index that was rolled back, and one whose attestations were taken away: channels of the proxy's own, which \
            nobody else has. The first must be installed, in a folder that goes again, and each of the others refused with \
            its own code.

            The exit status is 0 only if all of that holds; a warning does not change it.

              kingsnake doctor                                      every client that there are signs of
              kingsnake doctor --client conda
              kingsnake doctor --client mamba --client-path ~/bin/mamba
              kingsnake doctor --proxy http://127.0.0.1:8642        a running proxy, without any client
            """
    )

    /// A client, or all of them.
    enum Choice: String, ExpressibleByArgument, CaseIterable {
        case conda
        case mamba
        case micromamba
        case pixi
        case all
    }

    @Option(
        help: ArgumentHelp(
            "Which client: conda, mamba, micromamba, pixi, or all that there are signs of.",
            valueName: "client"
        )
    )
    var client: Choice?

    @Option(
        help: ArgumentHelp("The client's program. (default: the one on PATH)", valueName: "file"),
        completion: .file()
    )
    var clientPath: String?

    @Option(
        help: ArgumentHelp(
            "The proxy to try, in place of the one that settings name; without --client no client is tried.",
            valueName: "url"
        )
    )
    var proxy: String?

    @OptionGroup var location: LocationOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        try UsageCheck.path(clientPath, of: "--client-path")
        let isOne = client.map { $0 != .all && $0 != .pixi } ?? false
        guard clientPath == nil || isOne else {
            throw ValidationError("--client-path: name its client with --client: conda, mamba or micromamba")
        }
    }

    func run() async throws {
        let console = output.console
        let caller = HTTPServiceCaller()
        // In one spelling, with single slashes: mamba writes it down so.
        let folder = URL(fileURLWithPath: NSTemporaryDirectory(), isDirectory: true)
            .appendingPathComponent("kingsnake-doctor-\(UUID().uuidString)").standardizedFileURL.path
        let report: DoctorReport
        do {
            report = try await examination(caller, folder, console).run()
        } catch {
            await caller.shutdown()
            try? Folder.removeTree(folder)
            throw error
        }
        await caller.shutdown()
        try? Folder.removeTree(folder)
        console.say(report.conclusion)
        console.emit(report.json)
        if !report.isGood { throw ExitCode(1) }
    }

    private func examination(_ caller: HTTPServiceCaller, _ folder: String, _ console: Console) throws
        -> DoctorExamination
    {
        let environment = ClientOptions.environment
        let enabled = try ClientSettingsDisk(home: location.homeDirectory).enabled()
        let settings = SettingsCheckup(
            enabled,
            environment: environment,
            project: FileManager.default.currentDirectoryPath,
            contents: ClientSettingsDisk.contents,
            names: { (try? Folder.names(in: $0)) ?? [] }
        )
        let given = try proxy.map { try ClientProxy($0) }
        return DoctorExamination(
            clients: try clients(settings, environment),
            isChosen: client.map { $0 != .all } ?? false,
            clientPath: try clientPath.map { try Folder.absolute($0) },
            given: given,
            settings: settings,
            environment: environment,
            folder: try Folder.absolute(folder),
            caller: caller,
            console: console
        )
    }

    /// The clients that are meant; none for a proxy alone.
    private func clients(_ settings: SettingsCheckup, _ environment: [String: String]) throws
        -> [ProxiedClient]
    {
        if client == nil, proxy != nil { return [] }
        if let client, let one = ProxiedClient(rawValue: client.rawValue) { return [one] }
        let hasMicromamba = ClientOptions.program(of: .micromamba, in: environment) != nil
        let found = [ProxiedClient.conda, .mamba, .micromamba, .pixi].filter { client in
            switch client {
            case .micromamba: return hasMicromamba
            case .mamba where hasMicromamba: return ClientOptions.program(of: .mamba, in: environment) != nil
            default:
                return !settings.entries(of: client).isEmpty || ClientOptions.isThere(client, in: environment)
            }
        }
        guard !found.isEmpty else {
            throw Failure(
                .configuration,
                "there is no sign of conda, mamba or pixi",
                remedy: "name the client with `--client`, or a proxy with `--proxy`"
            )
        }
        return found
    }
}
