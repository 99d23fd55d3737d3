// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import SigningKeys

/// What the commands for tokens have in common.
struct TokenOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "The token, such as 'pkcs11:token=NAME?module-path=/usr/lib/softhsm/libsofthsm2.so'. A PIN is never part of it.",
            valueName: "uri"
        )
    )
    var token: String

    @Option(
        help: ArgumentHelp(
            "A file with the PIN. (default: $KINGSNAKE_PASSPHRASE, or a question)",
            valueName: "file"
        ),
        completion: .file()
    )
    var pinFile: String?

    func opened() throws -> PKCS11Token {
        let file = pinFile
        return PKCS11Token(try PKCS11URI(token)) { name in
            try Passphrase(PassphrasePrompt.obtain(file: file, for: name, option: "--pin-file"))
        }
    }
}
