// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import DurableFiles
import SigningKeys

/// Options of the commands that make one key for somebody, and the one way in which they do.
struct NewKeyOptions: ParsableArguments {
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

    /// Whether any of them asks for something else than by default.
    var isGiven: Bool { scheme.scheme != .ed25519 || noPassphrase || passphraseFile != nil }

    func validate() throws { try UsageCheck.path(passphraseFile, of: "--passphrase-file") }

    /// Makes a key, and writes it for its holder alone, and its public half for the others.
    func make(_ privatePath: String, _ publicPath: String) throws -> PublicKey {
        let key = try PrivateKey.generate(scheme.scheme)
        let folder = Folder.parent(of: privatePath)
        if !Folder.exists(folder) { try Folder.create(folder, mode: 0o700) }
        try KeyFile.write(key, to: privatePath, protection: try protection())
        try PublicKeyFile.write(key.publicKey, to: publicPath)
        return key.publicKey
    }

    private func protection() throws -> KeyProtection {
        guard !noPassphrase else { return .unsafelyUnencrypted }
        return .passphrase(try PassphrasePrompt.new(for: "the new key", file: passphraseFile))
    }
}
