// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import DurableFiles
import SigningKeys
import TrustCore

struct RootKey: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "Make a key: PATH.key for its holder alone, PATH.pub for the others.",
        discussion: """
            The private key never leaves the machine that it is made on. The public key is sent to the others; compare its \
            fingerprint with them by another way, such as a call. What stands before `.pub` is what the key is called.
            """
    )

    @Argument(help: ArgumentHelp("Where to put the key, such as keys/alice.", valueName: "path"))
    var path: String

    @Option(help: "The signature scheme.")
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

    func run() throws {
        let console = output.console
        let key = try PrivateKey.generate(scheme.scheme)
        let folder = Folder.parent(of: path)
        if !Folder.exists(folder) { try Folder.create(folder, mode: 0o700) }
        try KeyFile.write(key, to: path + ".key", protection: try protection())
        try PublicKeyFile.write(key.publicKey, to: path + ".pub")
        console.say("made \(path).key and \(path).pub")
        console.say("  fingerprint  \(key.publicKey.fingerprint.hex)")
        var document = JSONObject()
        document["schema"] = 1
        document["status"] = "ok"
        document["private"] = .string(path + ".key")
        document["public"] = .string(path + ".pub")
        document["scheme"] = .string(key.publicKey.scheme.rawValue)
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
