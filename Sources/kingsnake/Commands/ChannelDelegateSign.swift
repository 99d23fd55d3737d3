// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import DurableFiles
import SigningKeys
import TrustCore

struct ChannelDelegateSign: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign",
        abstract: "Sign a list of a package's files, as one of its maintainers.",
        discussion: """
            Shows what is signed, asks, and adds a signature to the file. Compare the digests with those of packages that you \
            have built: whoever made the list may have put others on it. No channel is needed.
            """
    )

    @Argument(
        help: ArgumentHelp("The list, from `delegate propose`.", valueName: "list"),
        completion: .file()
    )
    var list: String

    @Option(
        name: .customLong("key"),
        parsing: .singleValue,
        help: ArgumentHelp(stringLiteral: AuthorityKey.help + " May be given several times."),
        completion: .file()
    )
    var privateKeys: [String]

    @Option(
        help: ArgumentHelp(
            "A file with the passphrase of encrypted keys, or the PIN of tokens. (default: $KINGSNAKE_PASSPHRASE, or a question)",
            valueName: "file"
        ),
        completion: .file()
    )
    var passphraseFile: String?

    @Flag(help: "Sign without asking.")
    var yes = false

    @Flag(help: "Only show what would be signed.")
    var dryRun = false

    @OptionGroup var output: OutputOptions

    func validate() throws {
        try UsageCheck.path(list, of: "the list")
        try UsageCheck.path(passphraseFile, of: "--passphrase-file")
        for key in privateKeys { try UsageCheck.path(key, of: "--key") }
        guard !privateKeys.isEmpty else { throw ValidationError("give --key KEY") }
    }

    func run() async throws {
        let console = output.console
        var signed = try MaintainersList(parsing: try MaintainersListFile.bytes(of: list), of: list)
        MaintainersListFile.show(signed, console)
        if dryRun {
            console.say("nothing was signed")
            return console.emit(MaintainersListFile.json(signed))
        }
        var signers: [any Signer] = []
        for key in privateKeys {
            signers.append(try await AuthorityKey.signer(key, passphraseFile: passphraseFile))
        }
        if !yes {
            let keys = signers.map { "\($0.publicKey)" }.joined(separator: " and ")
            try Confirmation.demand(
                "vouch for \(Counted(signed.entries.count, "file")) with \(keys)?"
            )
        }
        for signer in signers { try await signed.sign(by: signer) }
        try DurableFile.write(signed.encoded(), to: try Folder.absolute(list))
        for signer in signers { console.say("signed with \(signer.publicKey)") }
        console.say("the list has \(Counted(signed.signatureCount, "signature")) now")
        console.emit(MaintainersListFile.json(signed))
    }
}
