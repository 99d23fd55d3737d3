// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import TrustCore
import TrustPolicy

extension ServerPublisher {
    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let a repository's jobs publish packages of a channel.",
            discussion: """
                Numbers of repository and owner decide, for a name can be given up and registered again by somebody else; \
                the names are compared too. Name an environment whose deployments need approval where you can: anybody \
                who may push a branch may otherwise change the workflow there and publish.
                """
        )

        @Argument(help: ArgumentHelp("The channel's name.", valueName: "channel"))
        var channel: String

        @Argument(help: ArgumentHelp("The packages: names, `prefix-*` or `*`.", valueName: "package"))
        var packages: [String]

        @OptionGroup var publisher: TrustedPublisherOptions

        @Flag(help: "The package does not exist yet: whoever publishes it first has it.")
        var pending = false

        @Option(
            help: ArgumentHelp(
                "Where others reach the server, for the name of its log if this is the first entry.",
                valueName: "url"
            )
        )
        var publicURL: String?

        @OptionGroup var server: ServerFolderOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            for package in packages where PackagePattern(package) == nil {
                throw ValidationError("`\(package)`: expected a package's name, `prefix-*` or `*`")
            }
            guard !pending || packages.count == 1 else {
                throw ValidationError("--pending goes with one name")
            }
            if let publicURL { try UsageCheck.channel(publicURL, of: "--public-url") }
        }

        func run() async throws {
            let console = output.console
            let database = try server.database()
            let channel = try await ServerFolderOptions.channel(channel, in: database)
            let publishers = try await ServerPublisher.publishers(of: channel, server, database, publicURL)
            let added = try await publishers.add(
                packages,
                publisher.demand,
                isPending: pending,
                to: channel,
                by: nil
            )
            console.say("may publish in `\(channel.name.text)` from now on:")
            console.say("  \(TrustedPublisherReport.line(added))")
            console.emit(TrustedPublisherReport.document([added]))
        }
    }

    /// What changes a channel's publishers.
    ///
    /// - Parameter publicURL: is needed if the channel's log has no entry yet.
    static func publishers(
        of channel: HostedChannel,
        _ server: ServerFolderOptions,
        _ database: SQLiteDatabase,
        _ publicURL: String?
    ) async throws -> TrustedPublishers {
        let hasLog = try await database.read { try $0.log(of: channel) != nil }
        guard hasLog || publicURL != nil else {
            throw Failure(
                .configuration,
                "the publish log has no name yet, which is made of the server's address",
                remedy: "give the address by --public-url"
            )
        }
        return TrustedPublishers(
            database,
            issuers: try server.issuers(),
            publicURL: publicURL ?? "",
            now: { SystemClock.now }
        )
    }
}
