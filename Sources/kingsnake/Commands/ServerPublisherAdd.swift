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
                "With --dir: where others reach the server, for the name of its log if it was never started.",
                valueName: "url"
            )
        )
        var publicURL: String?

        @OptionGroup var server: AdministeredServer
        @OptionGroup var output: OutputOptions

        func validate() throws {
            for package in packages where PackagePattern(package) == nil {
                throw ValidationError("`\(package)`: expected a package's name, `prefix-*` or `*`")
            }
            guard !pending || packages.count == 1 else {
                throw ValidationError("--pending goes with one name")
            }
            if let publicURL { try UsageCheck.channel(publicURL, of: "--public-url") }
            guard publicURL == nil || server.url == nil else {
                throw ValidationError("--public-url is for --dir: a server knows its own")
            }
        }

        func run() async throws {
            let console = output.console
            var body = publisher.demand.json
            body["packages"] = .array(packages.map { .string($0) })
            if pending { body["pending"] = true }
            let request = AdministrationRequest(.post, ["channels", channel, "publishers"], body: body)
            let added = try await server.ask(request, publicURL: publicURL)
            console.say("may publish in `\(channel)` from now on:")
            console.say("  \(TrustedPublisherReport.line(added))")
            console.emit(TrustedPublisherReport.document([added]))
        }
    }
}
