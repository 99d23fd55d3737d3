// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import DurableFiles
import SigningKeys
import TUF
import TrustCore

struct ChannelDelegateKey: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "Make a maintainer's key.",
        discussion: """
            Writes the private key to FILE, and its public half to FILE.pub. The private key never leaves its maintainer; \
            the public half goes to the channel's owner, by a way that both trust. A key on a token is made by `kingsnake \
            token make-key` instead.
            """
    )

    @Argument(help: ArgumentHelp("Where to write the private key.", valueName: "file"), completion: .file())
    var file: String

    @OptionGroup var key: NewKeyOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        try UsageCheck.path(file, of: "the key's file")
    }

    func run() throws {
        let console = output.console
        let path = try Folder.absolute(file)
        let made = try key.make(path, path + ".pub")
        let id = KeyDefinition(made).computedID.text
        console.say("made the key \(id)")
        console.say("  it is     \(made)")
        console.say("  private   \(path)")
        console.say("  public    \(path).pub: give this to the channel's owner")
        var document = JSONObject()
        document["schema"] = 1
        document["status"] = "ok"
        document["private"] = .string(path)
        document["public"] = .string(path + ".pub")
        document["keyid"] = .string(id)
        document["fingerprint"] = .string(made.fingerprint.hex)
        console.emit(document)
    }
}
