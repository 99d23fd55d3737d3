// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import DurableFiles
import TrustCore

struct ServerContentTrustPrepare: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prepare",
        abstract: "Make the key with which the server signs records, for the key manager to name.",
        discussion: """
            The public half is written to FILE, for --package-key of `content-trust init --propose`, or --add-key pkg_mgr=FILE of \
            `content-trust delegate --propose`. Where there is a key already that nobody named yet, it is that one.
            """
    )

    @Argument(help: "The channel's name.")
    var channel: String

    @Option(
        help: ArgumentHelp("Write the public half to this file.", valueName: "file"),
        completion: .file()
    )
    var out: String

    @OptionGroup var server: AdministeredServer
    @OptionGroup var output: OutputOptions

    func validate() throws { try UsageCheck.path(out, of: "--out") }

    func run() async throws {
        let request = AdministrationRequest(.post, ["channels", channel, "content-trust", "keys"])
        let answer = try await server.ask(request, output.console)
        let keys = answer["package_keys"]?.array?.compactMap(\.object) ?? []
        guard let key = keys.last(where: { $0["named"] == false }), let pem = key["pem"]?.string else {
            throw Failure(.network, "the server answered without a key that is to be named", at: channel)
        }
        try DurableFile.write(Array(pem.utf8), to: out)
        output.console.say("the key manager is to name \(key.text("key")), which is in `\(out)`")
    }
}
