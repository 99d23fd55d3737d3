// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TrustCore

/// The key of an authority, as somebody names it on the command line: the one place that turns that text into
/// a signer.
enum AuthorityKey {
    /// What the text may be, for help texts.
    static let help = "A private key file, a pkcs11: URI, or exec:PUBLIC-KEY-FILE COMMAND ARG…."

    /// Opens a key; a passphrase or PIN is asked for only if there is need of one.
    static func signer(_ text: String, passphraseFile: String?) async throws -> any Signer {
        do {
            return try await SignerReference(text).signer { what in
                try Passphrase(PassphrasePrompt.obtain(file: passphraseFile, for: what))
            }
        } catch let refusal as Refusal {
            // A slip that looks like a private key which everybody can read.
            guard (try? PublicKeyFile.read(text)) != nil else { throw refusal }
            throw Failure(
                .configuration,
                "that is a public key; a private one signs",
                at: text,
                remedy: "give \(help.prefix(1).lowercased() + help.dropFirst().dropLast())"
            )
        }
    }
}
