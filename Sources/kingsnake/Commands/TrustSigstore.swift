// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import CondaFormats
import Gatekeeper
import TrustCore

struct TrustSigstore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sigstore",
        abstract: "See and update the keys of Sigstore instances, and make private instances known.",
        discussion: """
            Attestations are verified with the keys of an instance: its transparency logs, authorities and their times. \
            Those of the public instances come with this program; newer ones come by TUF, from the root in the program \
            on, and are kept in the folder of pinned roots. Without the network everything goes on with what is there, \
            and `status` says until when that is confirmed.
            """,
        subcommands: [Status.self, Update.self, Add.self, Remove.self]
    )
}

extension TrustSigstore {
    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the known instances, their keys, and until when those are confirmed.",
            discussion: "Nothing is fetched. What is stored is verified again."
        )

        @Argument(help: ArgumentHelp("The instances to show. (default: all)", valueName: "name"))
        var names: [String] = []

        @OptionGroup var locations: LocationOptions
        @OptionGroup var output: OutputOptions

        func validate() throws { for name in names { _ = try UsageCheck.sigstoreInstance(name) } }

        func run() async throws {
            let console = output.console
            let store = SigstoreTrustStore(directory: locations.homeDirectory)
            let wanted = try names.map { try UsageCheck.sigstoreInstance($0) }
            var documents: [JSONValue] = []
            var damaged: [JSONValue] = []
            for name in wanted.isEmpty ? try store.names() : wanted {
                do {
                    let report = try await Self.report(name, store)
                    console.say("\(console.bold(name.text))")
                    report.lines.forEach { console.say("  \($0)") }
                    documents.append(.object(report.json))
                } catch let refusal as Refusal where !refusal.is(SigstoreTrustCode.unknown) {
                    console.warn(
                        "damaged: \(name): \(refusal.code.entry.summary) [\(refusal.codeName)]; \(refusal.remedy)"
                    )
                    var object = ErrorReport.json(of: refusal)
                    object["name"] = .string(name.text)
                    damaged.append(.object(object))
                }
            }
            var document = JSONObject()
            document["schema"] = 1
            document["status"] = damaged.isEmpty ? "ok" : "damaged"
            document["instances"] = .array(documents)
            document["damaged"] = .array(damaged)
            console.emit(document)
            if !damaged.isEmpty { throw ExitCode(RefusalKind.invalid.exitStatus) }
        }

        static func report(_ name: SigstoreInstanceName, _ store: SigstoreTrustStore) async throws
            -> SigstoreTrustReport
        {
            let anchor = try store.anchor(name)
            var trust: SigstoreKeys?
            do { trust = try await store.trust(in: name) } catch let refusal as Refusal
                where refusal.is(SigstoreTrustCode.neverUpdated)
            {}
            return SigstoreTrustReport(
                anchor: anchor,
                trust: trust,
                channels: try store.channels(of: name),
                now: SystemClock.now
            )
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Forget a private instance, and what was verified of it.",
            discussion: """
                This also forgets the newest versions seen, which protect from rollback. A public instance stays known, \
                by the keys that came with this program; only what was fetched for it is forgotten. Channels that were bound \
                to the instance are judged by the usual one again; --channel ends that for a channel, and nothing else.
                """
        )

        @Argument(help: ArgumentHelp("The instance.", valueName: "name"))
        var name: String

        @Option(
            parsing: .singleValue,
            help: ArgumentHelp(
                "Only end that the instance counts for this channel; may be given several times.",
                valueName: "url"
            )
        )
        var channel: [String] = []

        @OptionGroup var locations: LocationOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            _ = try UsageCheck.sigstoreInstance(name)
            for url in channel { try UsageCheck.channel(url, of: "--channel") }
        }

        func run() throws {
            let console = output.console
            let name = try UsageCheck.sigstoreInstance(name)
            let store = SigstoreTrustStore(directory: locations.homeDirectory)
            var document = JSONObject()
            document["schema"] = 1
            document["status"] = "ok"
            let ended: [ChannelURL]
            if channel.isEmpty {
                guard let channels = try store.remove(name) else {
                    throw Refusal(SigstoreTrustCode.unknown, name.text)
                }
                ended = channels
                console.say("forgot what was kept of `\(name)`")
                document["removed"] = .string(name.text)
            } else {
                let wanted = try channel.map { try ChannelURL($0) }
                let bound = try store.channels(of: name)
                if let other = wanted.first(where: { !bound.contains($0) }) {
                    throw Failure(
                        .configuration,
                        "`\(other)` is not bound to `\(name)`",
                        remedy: "see `kingsnake trust sigstore status` for what is"
                    )
                }
                ended = try store.unbind(wanted, from: name)
            }
            for channel in ended {
                console.say("`\(name)` does not count for \(channel) any more: the usual instance does")
            }
            document["channels"] = .array(ended.map { .string($0.description) })
            console.emit(document)
        }
    }
}

extension UsageCheck {
    /// The name of an instance of Sigstore.
    static func sigstoreInstance(_ text: String) throws -> SigstoreInstanceName {
        guard let name = SigstoreInstanceName(text) else {
            throw ValidationError(
                "`\(text)` is not the name of a Sigstore instance: expected lower-case letters, digits and hyphens"
            )
        }
        return name
    }
}
