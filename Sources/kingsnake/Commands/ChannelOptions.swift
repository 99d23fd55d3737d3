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

    var path: String { Folder.absolute(directory) }
    var keyRing: KeyRing { KeyRing(directory: keys.map { Folder.absolute($0) } ?? path + ".keys") }

    /// Asks for the passphrase of a key file, once a file.
    var passphrase: KeyRing.PassphraseSource {
        let file = passphraseFile
        return { keyFile in
            let name = keyFile.split(separator: "/").last.map(String.init) ?? keyFile
            return try SigningKeys.Passphrase(
                PassphrasePrompt.obtain(file: file, question: "passphrase of \(name): ")
            )
        }
    }

    /// The channel, opened for changes.
    func open() throws -> SignedChannel {
        try SignedChannel(directory: path, keys: keyRing, passphrase: passphrase, now: SystemClock.now)
    }
}
