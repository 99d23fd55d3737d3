// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import CondaFormats
import Gatekeeper
import TrustCore
import TrustPolicy

extension TrustPublisher {
    struct Test: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say whether your policy lets a signer publish a package.",
            discussion: """
                The signer is made up: nothing is verified, and what the channel's owner demands is not asked. Shows \
                what was expected and what was found where it does not fit.
                """
        )

        @Argument(help: "The channel's canonical URL.")
        var url: String

        @Argument(help: ArgumentHelp("The package's name.", valueName: "name"))
        var package: String

        @Option(
            help: ArgumentHelp("A URI or an e-mail address, as certificates give it.", valueName: "identity")
        )
        var identity: String?

        @Option(help: ArgumentHelp("Who vouches for the identity.", valueName: "url"))
        var issuer: String?

        @Option(help: ArgumentHelp("SHA-256 of a key's SubjectPublicKeyInfo.", valueName: "hex"))
        var key: String?

        @Option(
            name: .long,
            parsing: .singleValue,
            help: ArgumentHelp(
                "What the certificate says; may be given several times.",
                valueName: "name=value"
            )
        )
        var claim: [String] = []

        @OptionGroup var locations: LocationOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            try TrustPublisher.check(url, nil)
            _ = try UsageCheck.value(package) { try PackageName($0) }
            _ = try signer()
            _ = try ClaimArgument.parse(claim)
        }

        func run() throws {
            let console = output.console
            let channel = try ChannelURL(url)
            let name = try PackageName(package)
            let store = UserPolicyStore(directory: locations.homeDirectory)
            var evidence = Evidence(package: name.raw, channel: channel.identity, packageDigest: nil)
            evidence.publishers = PublisherDemands(
                on: name,
                of: channel,
                owner: nil,
                user: try store.policy(),
                lock: try store.publisherLock()
            )
            evidence.attestations = [
                Attestation(targetChannel: channel.identity, signer: try signer(), claims: try claims())
            ]
            let verdict = Policy.publishing.verdict(on: evidence)
            VerdictReport(verdict).say(on: console)
            guard verdict.isAllowed else { throw NotAllowed(verdicts: [verdict]) }
            let isAsked = evidence.publishers != nil
            console.say(
                isAsked ? "your policy lets this signer publish it" : "your policy says nothing of it"
            )
            var document = VerdictReport(verdict).json
            document["schema"] = 1
            document["status"] = "ok"
            console.emit(document)
        }

        private func claims() throws -> [CertificateClaim: String] {
            var claims: [CertificateClaim: String] = [:]
            for member in try ClaimArgument.parse(claim).members {
                guard let name = CertificateClaim(rawValue: member.key) else { continue }
                claims[name] = member.value.string
            }
            return claims
        }

        private func signer() throws -> Signer {
            switch (identity, key) {
            case (let identity?, nil):
                return Signer(Publisher.usualKind(of: identity), identity, issuer: issuer)
            case (nil, let key?):
                guard let fingerprint = Digest(.sha256, hex: key) else {
                    throw ValidationError("--key takes 64 hexadecimal digits")
                }
                guard issuer == nil else { throw ValidationError("--issuer goes with --identity") }
                return Signer(key: fingerprint)
            default: throw ValidationError("give exactly one of --identity and --key")
            }
        }
    }
}
