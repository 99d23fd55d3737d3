// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import SigningKeys
import TrustCore

struct TokenList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the private keys on a token, by the URIs that name them.",
        discussion: """
            `object=LABEL` and `id=%01` in the URI choose some of them. With --public, exactly one key must fit, and its \
            public half is written to a file.
            """
    )

    @OptionGroup var token: TokenOptions

    @Option(
        name: .customLong("public"),
        help: ArgumentHelp("Write the public half of the one key to a new file, as PEM.", valueName: "file"),
        completion: .file()
    )
    var publicKeyFile: String?

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let console = output.console
        let keys = try await token.opened().keys()
        if let publicKeyFile {
            guard let key = keys.first, keys.count == 1 else {
                throw Failure(
                    .configuration,
                    "\(keys.count) keys fit the URI, and --public is for one",
                    remedy: "name the key with `object=` or `id=`"
                )
            }
            try PublicKeyFile.write(try key.publicKey.get(), to: publicKeyFile)
        }
        if keys.isEmpty { console.say("no private key fits the URI") }
        keys.forEach { $0.show(on: console) }
        if let publicKeyFile { console.say("wrote \(publicKeyFile)") }
        var document = JSONObject()
        document["schema"] = 1
        document["status"] = "ok"
        document["keys"] = .array(keys.map { .object($0.json) })
        console.emit(document)
    }
}
