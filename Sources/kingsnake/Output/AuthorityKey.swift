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
        try await SignerReference(text).signer { what in
            let name = what.utf8.split(separator: UInt8(ascii: "/")).last.flatMap { String($0) } ?? what
            return try Passphrase(
                PassphrasePrompt.obtain(file: passphraseFile, question: "passphrase of \(name): ")
            )
        }
    }
}
