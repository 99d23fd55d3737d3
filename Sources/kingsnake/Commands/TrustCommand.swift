// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import CondaFormats
import ContentTrust
import DurableFiles
import Gatekeeper
import TUF
import TrustCore

struct TrustCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trust",
        abstract: "Pin channels' roots, see which are pinned, and say who may publish in them.",
        subcommands: [Add.self, List.self, Remove.self, TrustPublisher.self, TrustSigstore.self]
    )
}

extension TrustCommand {
    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Pin the root of a channel.",
            discussion: """
                Everything that is later believed about the channel starts from this root, so get it, or its digest, by a \
                way you trust: from the owner's own site, in person, from your organisation. A file is best; a digest is \
                as good; --first-use believes whoever answers now.

                A channel that is signed by conda content trust only is pinned by --content-trust. Then each package's \
                record must be signed by the channel's package keys. Nobody signs the index: an old one can be shown for \
                ever, packages and their newer versions can be hidden, and records of different times can be mixed. A \
                channel that is pinned both ways must satisfy both.
                """
        )

        @Argument(help: "The channel's URL.")
        var url: String

        @Option(
            help: ArgumentHelp(
                "The channel's root metadata, as its owner gave it to you.",
                valueName: "file"
            ),
            completion: .file(extensions: ["json"])
        )
        var root: String?

        @Option(help: ArgumentHelp("SHA-256 of the root; the root itself is fetched.", valueName: "hex"))
        var rootSha256: String?

        @Flag(help: "Believe the first root that the channel shows.")
        var firstUse = false

        @Option(
            help: ArgumentHelp(
                "The channel's root of conda content trust, as its owner gave it to you.",
                valueName: "file"
            ),
            completion: .file(extensions: ["json"])
        )
        var contentTrust: String?

        @Option(
            name: .customLong("content-trust-url"),
            help: ArgumentHelp(
                "Where newer roots of conda content trust and key_mgr.json are. (default: with the channel)",
                valueName: "url"
            )
        )
        var contentTrustURL: String?

        @OptionGroup var gate: GateOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            let ways = [root != nil, rootSha256 != nil, firstUse].count { $0 }
            guard ways == 1 || (ways == 0 && contentTrust != nil) else {
                throw ValidationError(
                    "give exactly one of --root FILE, --root-sha256 HEX and --first-use, or --content-trust FILE"
                )
            }
            guard contentTrustURL == nil || contentTrust != nil else {
                throw ValidationError("--content-trust-url goes with --content-trust FILE")
            }
            try UsageCheck.channel(url, of: "the channel")
            try UsageCheck.path(root, of: "--root")
            try UsageCheck.path(contentTrust, of: "--content-trust")
            if let contentTrustURL { try UsageCheck.channel(contentTrustURL, of: "--content-trust-url") }
            guard rootSha256.map({ Digest(.sha256, hex: $0) != nil }) ?? true else {
                throw ValidationError("--root-sha256 takes 64 hexadecimal digits")
            }
        }

        func run() async throws {
            let console = output.console
            let channel = try ChannelURL(url)
            let mirrors = try gate.mirror.map { try ChannelURL($0) }
            let records = try contentTrustPin()
            var pin: RootPin?
            if root != nil || rootSha256 != nil || firstUse {
                pin = try await RootPin.obtain(
                    for: channel,
                    file: root,
                    digest: rootSha256,
                    mirrors: mirrors,
                    console: console
                )
            }
            let added = try add(channel, mirrors, pin, records)
            if let pin { console.say("pinned `\(added.url)` to root version \(pin.root.version)") }
            if let version = records?.root.metadata.version {
                console.say("pinned `\(added.url)` to content trust root version \(version)")
            }
            let report = try TrustReport(added)
            report.lines.forEach { console.say("  \($0)") }
            if pin?.origin == .firstUse, let digest = added.rootDigest {
                console.warn(
                    """
                    this root was believed on first use: whoever answered for `\(added.url)` just now is trusted; \
                    compare sha256 \(digest.hex) with the channel's owner
                    """
                )
            }
            var document = report.json
            document["schema"] = 1
            document["status"] = "ok"
            console.emit(document)
        }

        private func contentTrustPin() throws -> ContentTrustPin? {
            guard let contentTrust else { return nil }
            guard let bytes = try DurableFile.read(contentTrust, maximumLength: ContentTrustPin.sizeLimit)
            else { throw Failure(.disk, "there is no such file", at: contentTrust) }
            return try Refusal.naming(contentTrust) {
                try ContentTrustPin(file: bytes, metadataURL: contentTrustURL.map { try ChannelURL($0) })
            }
        }

        private func add(
            _ channel: ChannelURL,
            _ mirrors: [ChannelURL],
            _ pin: RootPin?,
            _ records: ContentTrustPin?
        ) throws -> TrustedChannel {
            let store = gate.trustStore
            let now = SystemClock.now
            if let records {
                return try store.add(channel, mirrors: mirrors, contentTrust: records, tuf: pin, now: now)
            }
            guard let pin else { throw Failure(.configuration, "there is no root to pin") }
            return try store.add(
                channel,
                mirrors: mirrors,
                root: pin.bytes,
                origin: pin.origin,
                now: now
            )
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show the pinned channels.")

        @OptionGroup var locations: LocationOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            let console = output.console
            let readings = try TrustStore(directory: locations.homeDirectory).readings()
            var documents: [JSONValue] = []
            var damaged: [JSONValue] = []
            for (folder, reading) in readings {
                let channel: TrustedChannel
                switch reading {
                case .success(let readable): channel = readable
                case .failure(let error):
                    console.warn("damaged: \(folder): \(ChannelAnswers.text(of: error))")
                    var object = ErrorReport(error: error).json["error"]?.object ?? JSONObject()
                    object["folder"] = .string(folder)
                    damaged.append(.object(object))
                    continue
                }
                let report = try TrustReport(channel)
                console.say("\(console.bold("\(channel.url)"))")
                report.lines.forEach { console.say("  \($0)") }
                documents.append(.object(report.json))
            }
            if readings.isEmpty {
                console.say("no channel is pinned; `kingsnake trust add URL --root FILE` pins one")
            }
            var document = JSONObject()
            document["schema"] = 1
            document["status"] = damaged.isEmpty ? "ok" : "damaged"
            document["channels"] = .array(documents)
            document["damaged"] = .array(damaged)
            console.emit(document)
            // Whatever else is listed: somebody or something altered the store.
            if !damaged.isEmpty { throw ExitCode(RefusalKind.invalid.exitStatus) }
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Forget a channel's root, and what was verified of it.",
            discussion: "This also forgets the newest versions seen, which protect from rollback."
        )

        @Argument(help: "The channel's canonical URL; a mirror's is not enough.")
        var url: String

        @OptionGroup var locations: LocationOptions
        @OptionGroup var output: OutputOptions

        func validate() throws { try UsageCheck.channel(url, of: "the channel") }

        func run() throws {
            let console = output.console
            let channel = try ChannelURL(url)
            guard try TrustStore(directory: locations.homeDirectory).remove(channel) else {
                throw Refusal(
                    GateCode.notTrusted,
                    channel.description,
                    remedy: "see `kingsnake trust list` for what is pinned"
                )
            }
            console.say("forgot `\(channel)`")
            var document = JSONObject()
            document["schema"] = 1
            document["status"] = "ok"
            document["removed"] = .string(channel.description)
            console.emit(document)
        }
    }
}
