// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import DurableFiles
import Foundation
import TrustCore

/// Whose settings files are meant.
struct ClientOptions: ParsableArguments {
    /// A client with settings files, or all of them.
    enum Choice: String, ExpressibleByArgument, CaseIterable {
        case conda
        case mamba
        case pixi
        case all
    }

    @Option(
        help: ArgumentHelp(
            "Whose settings: conda, mamba (and micromamba), pixi, or all that there are signs of.",
            valueName: "client"
        )
    )
    var client = Choice.all

    /// The clients that are meant. A sign of a client is a settings file of the user's own, or its program on `PATH`.
    func clients(in environment: [String: String]) throws -> [ProxiedClient] {
        switch client {
        case .conda: return [.conda]
        case .mamba: return [.mamba]
        case .pixi: return [.pixi]
        case .all:
            let found = [ProxiedClient.conda, .mamba, .pixi].filter { Self.isThere($0, in: environment) }
            guard !found.isEmpty else {
                throw Failure(
                    .configuration,
                    "there is no sign of conda, mamba or pixi",
                    remedy: "name the client with `--client`"
                )
            }
            return found
        }
    }

    /// Whether there is any sign of a client: a settings file of the user's own, or its program.
    static func isThere(_ client: ProxiedClient, in environment: [String: String]) -> Bool {
        let files = ClientSettingsFiles(of: client, environment: environment)?.changeable ?? []
        let programs: [ProxiedClient] = client == .mamba ? [.mamba, .micromamba] : [client]
        return files.contains(where: Folder.exists)
            || programs.contains { Self.program(of: $0, in: environment) != nil }
    }

    /// The path of a client's program, on `PATH` or where its shell function says that it is; nil if it is not there.
    static func program(of client: ProxiedClient, in environment: [String: String]) -> String? {
        let folders = (environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(client.rawValue)" }
        let named = ["CONDA_EXE", "MAMBA_EXE"].compactMap { environment[$0] }.filter {
            ProxiedClient(program: $0) == client
        }
        return (folders + named).first { access($0, X_OK) == 0 && !Folder.isFolder($0) }
    }

    /// The process's environment, with a home folder.
    static var environment: [String: String] {
        var environment = ProcessInfo.processInfo.environment
        if environment["HOME"]?.isEmpty != false { environment["HOME"] = NSHomeDirectory() }
        return environment
    }
}
