// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import DurableFiles
import Gatekeeper
import SigningKeys
import Sigstore
import Transport
import TrustCore

struct AttestCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Attest that packages are yours, each with an attestation of its own (CEP 27).",
        discussion: """
            Every package is inspected first: it must be whole, and call itself what its file is called. Then a statement with \
            its name, its SHA-256 and the channel it is for is signed, in your name: with a certificate for whoever the \
            identity token names, or with --key for those who know the key. The signature goes into a transparency log, and \
            what comes of it is verified, as anybody else would, before it is written to PACKAGE.sigs (CEP 50). Attestations \
            that are there already stay.

            In a public log your identity, such as your e-mail address or your workflow's repository, can be seen by everybody \
            for ever; nobody can remove it. The package itself is sent nowhere, and its name is not in the log.
            """
    )

    @Argument(
        help: ArgumentHelp("The packages, .conda or .tar.bz2 files.", valueName: "package"),
        completion: .file(extensions: ["conda", "bz2"])
    )
    var packages: [String]

    @Option(
        help: ArgumentHelp(
            "The channel that they are for. Without it, the attestation is good for any channel.",
            valueName: "url"
        )
    )
    var channel: String?

    @Option(
        help: ArgumentHelp(
            "Sign with a key in place of an identity, for a private channel whose users know it.",
            discussion: "\(AuthorityKey.help) Of ECDSA on P-256 or P-384; Ed25519 in logs of Rekor v1 only.",
            valueName: "key"
        ),
        completion: .file()
    )
    var key: String?

    @Option(
        help: ArgumentHelp(
            "A file with the passphrase, or the PIN of a token. (default: $KINGSNAKE_PASSPHRASE, or a question)",
            valueName: "file"
        ),
        completion: .file()
    )
    var passphraseFile: String?

    @Option(
        help: ArgumentHelp("Also write the bundle of the one package here.", valueName: "file"),
        completion: .file()
    )
    var bundle: String?

    @Flag(help: "Sign without asking.")
    var yes = false

    @Flag(help: "Only inspect the packages, and show in whose name and where they would be attested.")
    var dryRun = false

    @OptionGroup var identity: IdentityOptions
    @OptionGroup var instance: SigningInstanceOptions
    @OptionGroup var locations: LocationOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        for package in packages { try UsageCheck.archive(package) }
        guard Set(packages.map { ByteKey($0) }).count == packages.count else {
            throw ValidationError("a package is given twice")
        }
        if let channel { try UsageCheck.url(channel, of: "--channel") { _ = try TargetChannel($0) } }
        try UsageCheck.path(key, of: "--key")
        try UsageCheck.path(bundle, of: "--bundle")
        guard bundle == nil || packages.count == 1 else {
            throw ValidationError("--bundle takes one package: each has a bundle of its own")
        }
        guard key == nil || (identity.identityToken == nil && identity.login == nil) else {
            throw ValidationError("give --key, or an identity")
        }
    }

    func run() async throws {
        let console = output.console
        let drafts = try packages.map { path in
            console.remark("inspecting \(path)")
            return try AttestationDraft(package: path, channel: channel)
        }
        let (keys, config) = try await instance.instance(locations, console)
        let instance = Instance(root: keys.trustedRoot, config: config)
        let caller = HTTPServiceCaller(options: Self.options)
        do {
            try await attest(drafts, instance, caller, console)
            await caller.shutdown()
        } catch {
            await caller.shutdown()
            throw error
        }
    }

    private static var options: HTTPOptions {
        var options = HTTPOptions()
        options.userAgent = "kingsnake/\(Kingsnake.version)"
        return options
    }
}

// MARK: - Signing

extension AttestCreate {
    private struct Instance {
        let root: TrustedRoot
        let config: SigningConfig
    }

    private func attest(
        _ drafts: [AttestationDraft],
        _ instance: Instance,
        _ caller: HTTPServiceCaller,
        _ console: Console
    ) async throws {
        let services = try SigningServices(
            instance.config,
            at: Moment(SystemClock.now),
            certified: key == nil
        )
        let (who, plan) = try await signer(instance, services, caller, console)
        plan.lines.forEach { console.say("\($0)") }
        var document = plan.json
        document["dry_run"] = .bool(dryRun)
        if dryRun {
            drafts.forEach { console.say("would attest \($0.fileName) (sha256 \($0.sha256.hex))") }
            console.say("nothing was signed")
            document["packages"] = .array(drafts.map { .object($0.json) })
            return console.emit(document)
        }
        if !yes, let question = plan.question { try Confirmation.demand(TerminalText("\(question)")) }
        let patient = RetryingCaller(
            caller,
            jitter: { Double.random(in: 0...1) },
            pause: { try await Task.sleep(for: $0) }
        )
        let signer = BundleSigner(
            who,
            config: instance.config,
            root: instance.root,
            surroundings: BundleSigner.Surroundings(
                caller: patient,
                now: { SystemClock.now },
                nonce: { (0..<8).map { _ in UInt8.random(in: .min ... .max) } }
            )
        )
        var written: [JSONValue] = []
        for (at, draft) in drafts.enumerated() {
            console.remark("signing \(at + 1) of \(drafts.count): \(draft.fileName)")
            let signed = try await signer.sign(statement: draft.statement, about: .digests([draft.sha256]))
            let sidecar = try draft.add(signed.bytes)
            if let bundle { try DurableFile.write(signed.bytes, to: bundle) }
            let report = MadeAttestationReport(draft, signed, sidecar, bundle: bundle)
            report.lines(console).forEach { console.say($0) }
            written.append(.object(report.json))
        }
        document["packages"] = .array(written)
        console.emit(document)
    }

    /// Who signs, and what that means.
    private func signer(
        _ instance: Instance,
        _ services: SigningServices,
        _ caller: HTTPServiceCaller,
        _ console: Console
    ) async throws -> (BundleSigner.Identity, SigningPlan) {
        if let key {
            let signer = try await AuthorityKey.signer(key, passphraseFile: passphraseFile)
            return (.key(signer), SigningPlan(key: signer.publicKey, services))
        }
        let renewed = RenewedIdentity(
            first: try await token(instance, caller, console),
            renew: { try await token(instance, caller, console).token }
        )
        let plan = SigningPlan(token: renewed.first, services)
        return (.certified(renewed, audience: identity.clientID), plan)
    }

    private func token(_ instance: Instance, _ caller: HTTPServiceCaller, _ console: Console) async throws
        -> SignerToken
    {
        try await identity.identity(
            usualIssuer: { try instance.config.identityProvider(at: Moment(SystemClock.now)).url },
            console,
            caller
        )
    }
}

/// The identity that the user was shown; when its token has run out, it is asked for again, and must be the same.
private struct RenewedIdentity: IdentitySource {
    let first: SignerToken
    let renew: @Sendable () async throws -> IdentityToken

    func token(audience: String) async throws -> IdentityToken {
        if (try? first.token.check(audience: audience, now: SystemClock.now)) != nil { return first.token }
        let token = try await renew()
        guard ByteKey.areEqual(token.subject, first.token.subject),
            ByteKey.areEqual(token.issuer, first.token.issuer)
        else {
            throw Failure(.configuration, "the new identity token is somebody else's than the first one was")
        }
        return token
    }
}
