// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import CondaFormats
import TrustCore
import TrustPolicy

/// The signer of a made-up attestation, as the command line gives it.
struct SignerOptions: ParsableArguments {
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

    func validate() throws {
        _ = try signer()
        _ = try ClaimArgument.parse(claim)
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

    /// Judges a package that this signer attests to, shows how, and says which of two sentences holds where nothing
    /// speaks against it.
    func judge(
        _ package: PackageName,
        in channel: String?,
        by demands: PublisherDemands?,
        _ console: Console,
        allowed: TerminalText,
        unasked: TerminalText
    ) throws {
        var evidence = Evidence(package: package.raw, channel: channel ?? "", packageDigest: nil)
        evidence.publishers = demands
        evidence.attestations = [
            Attestation(targetChannel: channel, signer: try signer(), claims: try claims())
        ]
        let verdict = Policy.publishing.verdict(on: evidence)
        VerdictReport(verdict).say(on: console)
        guard verdict.isAllowed else { throw NotAllowed(verdicts: [verdict]) }
        console.say(demands == nil ? unasked : allowed)
        var document = VerdictReport(verdict).json
        document["schema"] = 1
        document["status"] = "ok"
        console.emit(document)
    }
}
