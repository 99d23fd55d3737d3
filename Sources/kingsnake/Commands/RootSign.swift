// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import DurableFiles
import SigningKeys
import TrustCore

struct RootSign: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign",
        abstract: "Look at a proposal in words, and sign it with one key.",
        discussion: """
            Shows what changes against the version in force, who loses and who gains power, when it expires, and the digest \
            of what is signed; compare that digest with the other authorities. Then it asks. The signatures go to a small \
            file, which is sent to whoever collects them; the proposal itself stays as it is. Everything shown is also \
            written to a transcript.
            """
    )

    @Argument(help: ArgumentHelp("The proposal.", valueName: "proposal"), completion: .file())
    var proposal: String

    @Option(help: ArgumentHelp(stringLiteral: AuthorityKey.help), completion: .file())
    var key: String?

    @Option(
        help: ArgumentHelp(
            "In place of --key, for a root of conda content trust: the fingerprint of a key that GnuPG holds.",
            valueName: "fingerprint"
        )
    )
    var gpg: String?

    @Option(
        help: ArgumentHelp(
            "A file with the passphrase, or the PIN of a token. (default: $KINGSNAKE_PASSPHRASE, or a question)",
            valueName: "file"
        ),
        completion: .file()
    )
    var passphraseFile: String?

    @Option(
        help: ArgumentHelp(
            "SHA-256 of the proposal, as the authorities agreed on it by another way.",
            valueName: "hex"
        )
    )
    var sha256: String?

    @Flag(help: "Sign without asking. Needs --root or --root-sha256, or --sha256 for a first root.")
    var yes = false

    @Flag(help: "Only show what would be signed, and check that the key has a say in it.")
    var dryRun = false

    @Option(
        help: ArgumentHelp(
            "The file of signatures to write. (default: PROPOSAL.DIGITS.signatures, with digits of the key's fingerprint)",
            valueName: "file"
        ),
        completion: .file()
    )
    var out: String?

    @Option(
        help: ArgumentHelp(
            "The transcript to add to. (default: PROPOSAL.transcript)",
            valueName: "file"
        ),
        completion: .file()
    )
    var transcript: String?

    @OptionGroup var known: KnownRootOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (key == nil) != (gpg == nil) else {
            throw ValidationError("give --key KEY, or --gpg FINGERPRINT")
        }
        try CeremonySigner.check(gpg: gpg)
        guard sha256.map({ Digest(.sha256, hex: $0) != nil }) ?? true else {
            throw ValidationError("--sha256 takes 64 hexadecimal digits")
        }
    }

    func run() async throws {
        let console = output.console
        let proposal = try CeremonyFolder.proposal(self.proposal)
        try check(proposal)
        let report = try proposal.report()
        report.lines.forEach { console.say("\($0)") }
        let signer = try await signer()
        let roles = try signer.roleNames(in: proposal)
        guard !roles.isEmpty else {
            throw proposal.stranger(signer.publicKey, named: key ?? gpg ?? "\(signer.publicKey)")
        }
        let what = roles.joined(separator: " and ")
        var document = report.json
        document["signs"] = .array(roles.map { .string($0) })
        document["dry_run"] = .bool(dryRun)
        if dryRun {
            console.say("would sign \(what) with \(signer.publicKey); nothing was signed")
            return console.emit(document)
        }
        if !yes { try Confirmation.demand("sign \(what) with \(signer.publicKey)?") }
        let signatures = try await signer.signatureFile(of: proposal, now: SystemClock.now)
        let digits = signer.publicKey.fingerprint.hex.prefix(8)
        let file = out ?? "\(self.proposal).\(digits).signatures"
        try DurableFile.write(signatures, to: file)
        try CeremonyFolder.record(
            "sign with \(signer.publicKey)",
            proposal,
            report.lines,
            in: transcript ?? self.proposal + ".transcript"
        )
        console.say("signed \(what) with \(signer.publicKey)")
        console.say("wrote \(file)")
        console.say("next, whoever collects: kingsnake root merge \(self.proposal) \(file)")
        document["signatures"] = .string(file)
        document["key"] = .string(signer.publicKey.fingerprint.hex)
        console.emit(document)
    }

    private func signer() async throws -> CeremonySigner {
        if let gpg { return try await CeremonySigner(gpg: gpg) }
        return .key(try await AuthorityKey.signer(key ?? "", passphraseFile: passphraseFile))
    }

    private func check(_ proposal: any SignableProposal) throws {
        try proposal.check(now: SystemClock.now)
        if let wanted = sha256.flatMap({ Digest(.sha256, hex: $0) }), wanted != proposal.digest {
            throw proposal.otherDigest(self.proposal, expected: wanted)
        }
        // Whoever wrote the proposal decided whether it has a chain: one without does not lead through a known root.
        try known.check { try proposal.check(leadsThrough: $0) }
        guard yes, !dryRun, !known.isGiven else { return }
        guard !proposal.hasPredecessor else {
            throw Failure(
                .configuration,
                "nobody looks at the root that the proposal begins with",
                remedy: "give the root that you know with `--root FILE` or `--root-sha256 HEX`"
            )
        }
        guard sha256 != nil else {
            throw Failure(
                .configuration,
                "nobody looks at the first root, whose keys will have all power",
                remedy:
                    "compare the digest of the proposal with the other authorities, and give it with `--sha256 HEX`"
            )
        }
    }
}
