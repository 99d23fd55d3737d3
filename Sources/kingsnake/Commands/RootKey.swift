// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import DurableFiles
import SigningKeys
import TrustCore

struct RootKey: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "Make a key: PATH.key for its holder alone, PATH.pub for the others.",
        discussion: """
            The private key never leaves the machine that it is made on. The public key is sent to the others; compare its \
            fingerprint with them by another way, such as a call. What stands before `.pub` is what the key is called. With --gpg no \
            key is made: the public half of one that GnuPG holds goes to PATH.pub, for roots of conda content trust.
            """
    )

    @Argument(help: ArgumentHelp("Where to put the key, such as keys/alice.", valueName: "path"))
    var path: String

    @Option(
        help: ArgumentHelp(
            "Write the public half of a key that GnuPG holds, and make none.",
            valueName: "fingerprint"
        )
    )
    var gpg: String?

    @OptionGroup var key: NewKeyOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        try CeremonySigner.check(gpg: gpg)
        guard gpg == nil || !key.isGiven else {
            throw ValidationError(
                "--gpg makes no key: leave out --scheme, --no-passphrase and --passphrase-file"
            )
        }
    }

    func run() async throws {
        let console = output.console
        if let gpg { return try await export(gpg, console) }
        let (own, others) = (path + ".key", path + ".pub")
        let made = try key.make(own, others)
        console.say("made \(own) and \(others)")
        console.say("  fingerprint  \(made.fingerprint.hex)")
        var document = JSONObject()
        document["schema"] = 1
        document["status"] = "ok"
        document["private"] = .string(own)
        document["public"] = .string(others)
        document["scheme"] = .string(made.scheme.rawValue)
        document["fingerprint"] = .string(made.fingerprint.hex)
        console.emit(document)
    }

    private func export(_ fingerprint: String, _ console: Console) async throws {
        let key = try await CeremonySigner(gpg: fingerprint).publicKey
        let file = path.hasSuffix(".pub") ? path : path + ".pub"
        let folder = Folder.parent(of: file)
        if !Folder.exists(folder) { try Folder.create(folder) }
        try PublicKeyFile.write(key, to: file)
        console.say("wrote \(file)")
        console.say("  fingerprint  \(key.fingerprint.hex)")
        var document = JSONObject()
        document["schema"] = 1
        document["status"] = "ok"
        document["public"] = .string(file)
        document["scheme"] = .string(key.scheme.rawValue)
        document["fingerprint"] = .string(key.fingerprint.hex)
        console.emit(document)
    }
}
