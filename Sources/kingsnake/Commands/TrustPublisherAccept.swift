// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import CondaFormats
import Gatekeeper
import TrustCore
import TrustPolicy

extension TrustPublisher {
    struct Accept: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Accept another publisher of a package that you have seen before, or none.",
            discussion: """
                For channels where you trust on first use: when somebody else publishes a package, or its attestation \
                is gone, it is refused until you say so here. Find out first, by another way than the channel, that \
                the project has moved. What you accept is compared by numbers where you give them: a name can be \
                registered again by somebody else.

                The one that you accept is enough alone from then on. Where several attested to the first file, all \
                of them must attest to the next ones; accept one of them to let it publish without the others. All \
                who published before may still do.
                """
        )

        @OptionGroup var package: ListedPackageArguments

        @Option(help: ArgumentHelp("A repository on GitHub.", valueName: "owner/name"))
        var github: String?

        @OptionGroup var identity: PublisherIdentityOptions

        @Option(
            help: ArgumentHelp(
                "In place of a publisher: SHA-256 of one file that is accepted without attestation.",
                valueName: "sha256"
            )
        )
        var unattested: String?

        @OptionGroup var decision: LockDecisionOptions
        @OptionGroup var locations: LocationOptions
        @OptionGroup var output: OutputOptions

        func validate() throws { _ = try accepted() }

        private enum Accepted {
            case publisher(PublisherIdentity)
            case file(Digest)
        }

        private func accepted() throws -> Accepted {
            var object = identity.members
            object["github"] = github.map { .string($0) }
            if let unattested {
                guard object.count == 0 else {
                    throw ValidationError(
                        "--unattested is about a file that nobody attested: give no publisher"
                    )
                }
                guard let digest = Digest(.sha256, hex: unattested) else {
                    throw ValidationError("--unattested takes 64 hexadecimal digits")
                }
                return .file(digest)
            }
            let publisher = try PublisherOptions.publisher(object)
            guard let identity = PublisherIdentity(publisher) else {
                throw ValidationError("name one repository: each other one would be believed unseen")
            }
            return .publisher(identity)
        }

        func run() throws {
            let console = output.console
            let (channel, name) = (try package.channel, try package.name)
            let store = UserPolicyStore(directory: locations.homeDirectory)
            let sighting = try LockDecisionOptions.sighting(of: name, in: channel, store)
            console.say(
                "`\(name)` of `\(channel)` was published, when it was first seen on \(sighting.firstSeen), by:"
            )
            sighting.publishers.forEach { console.say("  \($0.description)") }
            sighting.accepted.forEach { console.say("  or, as you accepted, \($0.description)") }
            let accepted = try accepted()
            let words =
                switch accepted {
                case .publisher(let identity):
                    "from now on it is believed from this one alone too: \(identity.description)"
                case .file(let digest): "this one file is accepted although nobody attested to it: \(digest)"
                }
            console.say("\(words)")
            let lock = try decision.decide("accept this?", console) {
                try store.changePublisherLock { lock in try Self.accept(accepted, name, channel, &lock) }
            }
            console.emit(
                LockDecisionOptions.document(lock?.sighting(of: name, in: channel) ?? sighting, decision)
            )
        }

        private static func accept(
            _ accepted: Accepted,
            _ name: PackageName,
            _ channel: ChannelURL,
            _ lock: inout PublisherLock
        ) throws {
            let outcome: PublisherLock.Acceptance =
                switch accepted {
                case .file(let digest):
                    lock.accept(without: digest, of: name, in: channel) ? .accepted : .neverSeen
                case .publisher(let identity): lock.accept(identity, of: name, in: channel)
                }
            switch outcome {
            case .accepted: return
            case .neverSeen: throw LockDecisionOptions.nothing(name, channel)
            case .tooMany:
                throw Failure(
                    .configuration,
                    "so many publishers of `\(name)` are accepted already that one more would mean anybody",
                    remedy: "forget the package with `kingsnake trust publisher forget`, and begin anew"
                )
            }
        }
    }
}
