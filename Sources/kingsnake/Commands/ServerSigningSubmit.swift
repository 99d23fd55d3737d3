// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import CondaFormats
import TUF
import TrustCore

struct ServerSigningSubmit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "submit",
        abstract: "Put a proposal in force that enough authorities have signed.",
        discussion: """
            The server verifies it from the first root down, as clients will, and publishes it in one step with everything \
            that has to be signed anew because of it. To submit it again changes nothing.
            """
    )

    @Argument(help: "The channel's name.")
    var channel: String

    @Argument(
        help: ArgumentHelp("The proposal, with its signatures merged.", valueName: "proposal"),
        completion: .file()
    )
    var proposal: String

    @OptionGroup var given: CeremonyListsOptions
    @OptionGroup var server: AdministeredServer
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let bytes = try CeremonyFolder.read(proposal)
        // Found out here what is found out anyway: the message names the file.
        do {
            _ = try FinishedCeremony(CeremonyProposal(parsing: bytes), now: SystemClock.now)
        } catch let refusal as Refusal {
            throw refusal.located(at: proposal)
        }
        let path = ["channels", channel, "tuf", "ceremony"]
        let answer = try await server.ask(
            AdministrationRequest(.post, path, body: try body(bytes)),
            output.console
        )
        output.console.say("in force now")
        let report = HostedSigningReport(answer, now: SystemClock.now)
        for line in report.lines(of: channel) { output.console.say("\(line)") }
        for key in report.onlineKeys where !key.isInForce {
            output.console.say(
                "next, take away the key that is in force no more: kingsnake server signing forget \(channel) \(key.fingerprint)"
            )
        }
    }

    /// The proposal, with the lists as text: a list counts byte for byte.
    private func body(_ proposal: [UInt8]) throws -> JSONObject {
        let limits = JSONLimits(bytes: CeremonyProposal.maximumLength)
        var texts = JSONObject()
        for list in try given.read() {
            guard let text = String(validating: list.bytes, as: UTF8.self) else {
                throw Failure(.configuration, "that is no list of maintainers", at: list.file)
            }
            texts[list.package.normalized] = .string(text)
        }
        var body = JSONObject()
        body["proposal"] = try JSONReader.read(proposal, of: "proposal", limits: limits)
        body["lists"] = .object(texts)
        if given.awaitLists { body["await_lists"] = true }
        if given.removeUnlisted { body["remove_unlisted"] = true }
        return body
    }
}
