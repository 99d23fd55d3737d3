// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// Gives the passphrase of an encrypted key file, or the PIN of a token; nil if there is none to give.
///
/// It is asked only where one is needed, with the name of what it is for: the path of a key file, or
/// `token NAME`. It may ask a person, so it may take its time.
public typealias PassphraseSource = @Sendable (_ name: String) throws -> Passphrase?
