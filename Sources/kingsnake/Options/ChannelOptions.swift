// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import DurableFiles
import SigningKeys
import TrustCore

/// Options of the commands that work on a channel's folder.
struct ChannelOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("The channel's folder.", valueName: "dir"), completion: .directory)
    var directory: String

    @Option(
        help: ArgumentHelp("The folder of the channel's keys. (default: DIR.keys)", valueName: "dir"),
        completion: .directory
    )
    var keys: String?

    @Option(
        help: ArgumentHelp(
            "A file with the passphrase of encrypted keys. (default: $KINGSNAKE_PASSPHRASE, or a question)",
            valueName: "file"
        ),
        completion: .file()
    )
    var passphraseFile: String?

    func validate() throws {
        try UsageCheck.path(directory, of: "the channel's folder")
        try UsageCheck.path(keys, of: "--keys")
        try UsageCheck.path(passphraseFile, of: "--passphrase-file")
    }

    var path: String { get throws { try Folder.absolute(directory) } }
    var keyRing: KeyRing {
        get throws { KeyRing(directory: try keys.map { try Folder.absolute($0) } ?? path + ".keys") }
    }

    /// Asks for the passphrase of a key file, once a file.
    var passphrase: KeyRing.PassphraseSource {
        let file = passphraseFile
        return { try SigningKeys.Passphrase(PassphrasePrompt.obtain(file: file, for: $0)) }
    }

    /// The channel, opened for changes. A folder of keys that was named and is not there is a slip of the fingers;
    /// without `--keys` the keys may be elsewhere on purpose.
    func open() throws -> SignedChannel {
        try checkKeys()
        return try SignedChannel(directory: path, keys: keyRing, passphrase: passphrase, now: SystemClock.now)
    }

    /// The folder of indexes that TUF does not sign, opened to have its records signed.
    func openPlain() throws -> PlainChannel {
        try checkKeys()
        return try PlainChannel(directory: path, keys: keyRing, passphrase: passphrase, now: SystemClock.now)
    }

    private func checkKeys() throws {
        guard let keys, !Folder.isFolder(keys) else { return }
        throw ValidationError("--keys: there is no folder `\(keys)`")
    }
}
