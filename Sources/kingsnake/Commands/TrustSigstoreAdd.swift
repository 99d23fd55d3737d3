// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import CondaFormats
import Gatekeeper
import TrustCore

extension TrustSigstore {
    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Make a private instance known, by its TUF root or by its very keys, and say where it counts.",
            discussion: """
                Everything that is later believed of the instance starts from this file, so get it by a way you trust. \
                With a TUF root, keys are fetched by `kingsnake trust sigstore update` and stay current. Keys that are \
                given themselves are never updated, and nothing is ever fetched.

                With --channel the instance counts for that channel, and no other one does, whatever a command is told \
                by --sigstore-instance or --trusted-root. Without a file that binds a channel to an instance that is known.
                """
        )

        @Argument(
            help: ArgumentHelp("What to call it: lower-case letters, digits and hyphens.", valueName: "name")
        )
        var name: String

        @Option(
            help: ArgumentHelp("The root of the instance's TUF repository.", valueName: "file"),
            completion: .file(extensions: ["json"])
        )
        var tufRoot: String?

        @Option(
            help: ArgumentHelp(
                "Where that repository is: metadata directly below, files in targets/.",
                valueName: "url"
            )
        )
        var url: String?

        @Option(
            help: ArgumentHelp("The instance's keys, trusted_root.json.", valueName: "file"),
            completion: .file(extensions: ["json"])
        )
        var trustedRoot: String?

        @Option(
            help: ArgumentHelp("Where to sign, signing_config.v0.2.json.", valueName: "file"),
            completion: .file(extensions: ["json"])
        )
        var signingConfig: String?

        @Option(
            parsing: .singleValue,
            help: ArgumentHelp(
                "A channel for which this instance counts, and no other; may be given several times.",
                valueName: "url"
            )
        )
        var channel: [String] = []

        @OptionGroup var locations: LocationOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            let name = try UsageCheck.sigstoreInstance(name)
            for url in channel { try UsageCheck.channel(url, of: "--channel") }
            let isGiven = tufRoot != nil || url != nil || trustedRoot != nil || signingConfig != nil
            guard isGiven || channel.isEmpty else { return }
            guard name.shipped == nil else {
                throw ValidationError("`\(name)` is known already: its keys come with this program")
            }
            guard (tufRoot == nil) != (trustedRoot == nil) else {
                throw ValidationError("give one of --tuf-root FILE with --url URL, and --trusted-root FILE")
            }
            guard (tufRoot == nil) == (url == nil) else {
                throw ValidationError("--tuf-root and --url go together")
            }
            guard signingConfig == nil || trustedRoot != nil else {
                throw ValidationError(
                    "--signing-config goes with --trusted-root: with a TUF root it is fetched"
                )
            }
            try UsageCheck.path(tufRoot, of: "--tuf-root")
            try UsageCheck.path(trustedRoot, of: "--trusted-root")
            try UsageCheck.path(signingConfig, of: "--signing-config")
            if let url { try UsageCheck.channel(url, of: "--url") }
        }

        func run() async throws {
            let console = output.console
            let name = try UsageCheck.sigstoreInstance(name)
            let store = SigstoreTrustStore(directory: locations.homeDirectory)
            if let tufRoot, let url {
                let bytes = try SigstoreOptions.read(tufRoot)
                try Refusal.naming(tufRoot) {
                    _ = try store.add(name, tufRoot: bytes, url: try ChannelURL(url), now: SystemClock.now)
                }
                console.say("`\(name)` is known; `kingsnake trust sigstore update \(name)` fetches its keys")
            } else if let trustedRoot {
                let bytes = try SigstoreOptions.read(trustedRoot)
                let config = try signingConfig.map { try SigstoreOptions.read($0) }
                try Refusal.naming(trustedRoot) {
                    _ = try store.add(name, trustedRoot: bytes, signingConfig: config, now: SystemClock.now)
                }
                console.say("`\(name)` is known, by these very keys")
            }
            let channels = try channel.map { try ChannelURL($0) }
            try store.bind(channels, to: name)
            for channel in channels {
                console.say("`\(name)` counts for \(channel), and no other instance does")
            }
            let report = try await Status.report(name, store)
            report.lines.forEach { console.say("  \($0)") }
            var document = report.json
            document["schema"] = 1
            document["status"] = "ok"
            console.emit(document)
        }
    }
}
