// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import DurableFiles
import SigningKeys
import TrustCore

struct TokenMakeKey: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "make-key",
        abstract: "Make a signing key on a token, which it never leaves.",
        discussion: """
            There is no copy of such a key: if the token is lost, so is the key. Let other keys be able to replace it \
            before you rely on it.
            """
    )

    @OptionGroup var token: TokenOptions

    @Option(help: "The key's name on the token.")
    var label: String

    @Option(help: ArgumentHelp("The key's id on the token, in hexadecimal digits.", valueName: "hex"))
    var id: String

    @Option(help: "The signature scheme; not every token has every scheme.")
    var scheme = SchemeArgument(.ed25519)

    @Option(
        name: .customLong("public"),
        help: ArgumentHelp("Write the public half to a new file, as PEM.", valueName: "file"),
        completion: .file()
    )
    var publicKeyFile: String

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard let bytes = Hex.decode(id), (1...64).contains(bytes.count) else {
            throw ValidationError("--id takes 2 to 128 hexadecimal digits")
        }
    }

    func run() async throws {
        let console = output.console
        // Before there is a key on the token whose public half would be nowhere.
        guard !Folder.exists(publicKeyFile), Folder.isFolder(Folder.parent(of: publicKeyFile)) else {
            throw Failure(
                .disk,
                "the public key cannot be written: there is a file of that name, or no such folder",
                at: publicKeyFile,
                remedy: "choose another name; no key was made on the token"
            )
        }
        let key = try await token.opened().generate(scheme.scheme, label: label, id: Hex.decode(id) ?? [])
        try PublicKeyFile.write(try key.publicKey.get(), to: publicKeyFile)
        key.show(on: console)
        console.say(
            "wrote \(publicKeyFile); send it to the others, and compare the fingerprint by another way"
        )
        console.say("to sign: kingsnake root sign PROPOSAL --key '\(key.uri)'")
        var document = key.json
        document["schema"] = 1
        document["status"] = "ok"
        console.emit(document)
    }
}
