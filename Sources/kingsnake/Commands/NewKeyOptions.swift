// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import DurableFiles
import SigningKeys
import TrustCore

/// Options of the commands that make one key for somebody, and the one way in which they do.
struct NewKeyOptions: ParsableArguments {
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

    func validate() throws { try UsageCheck.path(passphraseFile, of: "--passphrase-file") }

    /// Makes PATH.key, for its holder alone, and PATH.pub, and says so.
    ///
    /// - Returns: the answer for `--json`.
    func make(at path: String, _ console: Console) throws -> JSONObject {
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
        return document
    }

    private func protection() throws -> KeyProtection {
        guard !noPassphrase else { return .unsafelyUnencrypted }
        return .passphrase(try PassphrasePrompt.new(for: "the new key", file: passphraseFile))
    }
}
