// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser

/// The program: a group of subcommands, one file each in `Commands/`.
struct Kingsnake: AsyncParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "kingsnake",
        abstract: "Makes sure that what you install from a conda channel is what its publisher made.",
        discussion: """
            A channel signs its index with TUF; you pin the channel's root once; from then on every index, shard, \
            package and file is checked from that root down, whatever mirror it came from.

            Exit status: 0 good; 1 refused by policy; 2 usage; 3 evidence invalid (tampering suspected); \
            4 required evidence missing; 5 trust data expired or rolled back; 6 could not find out.
            """,
        version: version,
        groupedSubcommands: [
            CommandGroup(
                name: "Installing",
                subcommands: [
                    InstallCommand.self, VerifyCommand.self, AuditCommand.self, ExtractCommand.self,
                ]
            ),
            CommandGroup(
                name: "Trust",
                subcommands: [TrustCommand.self, PolicyCommand.self, LogCommand.self, ExplainCommand.self]
            ),
            CommandGroup(
                name: "Publishing",
                subcommands: [
                    ChannelCommand.self, ContentTrustCommand.self, RootCommand.self, TokenCommand.self,
                    AttestCommand.self, PublishCommand.self,
                ]
            ),
            CommandGroup(
                name: "Clients",
                subcommands: [
                    RunCommand.self, ProxyCommand.self, EnableCommand.self, DisableCommand.self,
                    DoctorCommand.self,
                ]
            ),
            CommandGroup(name: "Serving", subcommands: [ServeCommand.self, ServerCommand.self]),
        ]
    )
}
