// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import DurableFiles
import SigningKeys
import TUF
import TrustCore

struct ChannelDelegateKey: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "Make a maintainer's key.",
        discussion: """
            Writes the private key to FILE, and its public half to FILE.pub. The private key never leaves its maintainer; \
            the public half goes to the channel's owner, by a way that both trust. A key on a token is made by `kingsnake \
            token make-key` instead.
            """
    )

    @Argument(help: ArgumentHelp("Where to write the private key.", valueName: "file"), completion: .file())
    var file: String

    @Option(help: "The signature scheme of the new key.")
    var scheme = SchemeArgument(.ed25519)

    @Flag(help: "Do not encrypt the key: whoever copies the file has the key.")
    var noPassphrase = false

    @Option(
        help: ArgumentHelp(
            "A file with the passphrase. (default: $KINGSNAKE_PASSPHRASE, or a question)",
            valueName: "file"
        ),
        completion: .file()
    )
    var passphraseFile: String?

    @OptionGroup var output: OutputOptions

    func validate() throws {
        try UsageCheck.path(file, of: "the key's file")
        try UsageCheck.path(passphraseFile, of: "--passphrase-file")
    }

    func run() throws {
        let console = output.console
        let path = try Folder.absolute(file)
        let key = try PrivateKey.generate(scheme.scheme)
        try KeyFile.write(key, to: path, protection: try protection())
        try PublicKeyFile.write(key.publicKey, to: path + ".pub")
        let id = KeyDefinition(key.publicKey).computedID.text
        console.say("made the key \(id)")
        console.say("  it is     \(key.publicKey)")
        console.say("  private   \(path)")
        console.say("  public    \(path).pub: give this to the channel's owner")
        var document = JSONObject()
        document["schema"] = 1
        document["status"] = "ok"
        document["private"] = .string(path)
        document["public"] = .string(path + ".pub")
        document["keyid"] = .string(id)
        document["fingerprint"] = .string(key.publicKey.fingerprint.hex)
        console.emit(document)
    }

    private func protection() throws -> KeyProtection {
        guard !noPassphrase else { return .unsafelyUnencrypted }
        return .passphrase(
            try Passphrase(
                PassphrasePrompt.obtain(
                    file: passphraseFile,
                    question: "passphrase for the new key: ",
                    confirming: true
                )
            )
        )
    }
}
