// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import SigningKeys
import TrustCore

struct RootKey: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "Make a key: PATH.key for its holder alone, PATH.pub for the others.",
        discussion: """
            The private key never leaves the machine that it is made on. The public key is sent to the others; compare its \
            fingerprint with them by another way, such as a call. What stands before `.pub` is what the key is called.
            """
    )

    @Argument(help: ArgumentHelp("Where to put the key, such as keys/alice.", valueName: "path"))
    var path: String

    @OptionGroup var key: NewKeyOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let console = output.console
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
}
