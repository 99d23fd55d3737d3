// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TrustCore

/// The key of an authority, as somebody names it on the command line: the one place that turns that text into
/// a signer.
enum AuthorityKey {
    /// What the text may be, for help texts.
    static let help = "A private key file."

    /// Opens a key; the passphrase is asked for only if there is need of one.
    static func signer(_ text: String, passphraseFile: String?) throws -> any Signer {
        let name = text.split(separator: "/").last.map(String.init) ?? text
        return try Refusal.naming(text) {
            try KeyFile.read(text).unlock {
                try Passphrase(
                    PassphrasePrompt.obtain(file: passphraseFile, question: "passphrase of \(name): ")
                )
            }
        }
    }
}
