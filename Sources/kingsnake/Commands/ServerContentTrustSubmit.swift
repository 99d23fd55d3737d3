// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import ContentTrust
import TrustCore

struct ServerContentTrustSubmit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "submit",
        abstract: "Put roots and the key manager's metadata in force that offline keys signed.",
        discussion: """
            The server verifies them from the first root down, as clients will, and that they name its own key. Metadata and the \
            index with signed records become visible at once, when all is signed; records that did not change keep their \
            signatures. To submit the same again changes nothing.
            """
    )

    @Argument(help: "The channel's name.")
    var channel: String

    @Argument(
        help: ArgumentHelp("The folder with 1.root.json, newer roots and key_mgr.json.", valueName: "folder"),
        completion: .directory
    )
    var folder: String

    @OptionGroup var server: AdministeredServer
    @OptionGroup var output: OutputOptions

    func validate() throws { try UsageCheck.path(folder, of: "the folder") }

    func run() async throws {
        let state = try TrustFolder(directory: folder).existing()
        var body = JSONObject()
        body["roots"] = .array(try state.chain.links.map { try Self.text($0.bytes) })
        body["key_mgr"] = try Self.text(state.keyManager)
        let request = AdministrationRequest(.put, ["channels", channel, "content-trust"], body: body)
        let report = HostedTrustLines(try await server.ask(request, output.console))
        for line in report.lines(of: channel) { output.console.say("\(line)") }
    }

    /// Metadata are JSON, byte for byte.
    private static func text(_ bytes: [UInt8]) throws -> JSONValue {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Failure(.configuration, "that is no metadata of content trust")
        }
        return .string(text)
    }
}
