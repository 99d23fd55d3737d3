// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import CondaFormats
import SigningKeys
import TUF
import TrustCore

struct ServerSigningPropose: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "propose",
        abstract: "Have the server propose what offline keys should sign, and write the proposal.",
        discussion: """
            For a channel without a root: the first one, with --authority and --threshold. For others: the subdirs that came \
            since, with --renew a new version of what is about to expire, and with --replace-online-key another key for the \
            server. The proposal is shown in words: see that it says what you asked for, as each authority is going to. For \
            keys and thresholds of offline roles, take `signing fetch` and `kingsnake root propose`.
            """
    )

    @Argument(help: "The channel's name.")
    var channel: String

    @Argument(help: ArgumentHelp("The file of the new proposal.", valueName: "proposal"), completion: .file())
    var proposal: String

    @OptionGroup var first: FirstAuthoritiesOptions

    @Option(
        name: .customLong("subdir"),
        parsing: .singleValue,
        help: ArgumentHelp(
            "A subdir to be signed; may be given several times. (default: all that the channel has)",
            valueName: "name"
        )
    )
    var subdirs: [String] = []

    @Option(
        name: .customLong("renew"),
        parsing: .singleValue,
        help: ArgumentHelp("A new version of a role although nothing in it changes: root or targets.")
    )
    var renewed: [RenewedRole] = []

    @Flag(help: "Have the server make another online key, in place of the one it has.")
    var replaceOnlineKey = false

    @OptionGroup var expiry: CeremonyExpiryOptions
    @OptionGroup var known: KnownRootOptions
    @OptionGroup var server: AdministeredServer
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard !first.isGiven || (renewed.isEmpty && !replaceOnlineKey && !known.isGiven) else {
            throw ValidationError("--authority is for a first root, which has nothing to renew or to replace")
        }
        for name in subdirs { _ = try UsageCheck.value(name) { try Subdir($0) } }
    }

    func run() async throws {
        let console = output.console
        let status = HostedSigningReport(
            try await server.ask(AdministrationRequest(.get, ["channels", channel, "signing"])),
            now: SystemClock.now
        )
        guard status.isUnsigned == first.isGiven else {
            throw ValidationError(
                status.isUnsigned
                    ? "`\(channel)` has no root yet: give --authority and --threshold for the first"
                    : "`\(channel)` has a root already: leave out --authority and --threshold"
            )
        }
        if replaceOnlineKey, status.onlineKeys.allSatisfy(\.isInForce) {
            _ = try await server.ask(AdministrationRequest(.post, ["channels", channel, "signing", "keys"]))
        }
        let path = ["channels", channel, "tuf", "proposal"]
        let answer = try await server.ask(AdministrationRequest(.post, path, body: try body()))
        let proposal = try CeremonyProposal(parsing: JSONWriter.encode(.object(answer)))
        try proposal.check(now: SystemClock.now)
        if known.isGiven { try known.check(proposal.chain) }
        try proposal.publish(to: self.proposal, as: "propose by the server", console)
    }

    private func body() throws -> JSONObject {
        let pem = { (file: String) -> JSONValue in .string(try NamedKey(file: file).key.pem) }
        var body = JSONObject()
        if let threshold = first.threshold {
            body["authorities"] = .array(try first.authorities.map(pem))
            body["threshold"] = .number(JSONNumber(Int64(threshold)))
            if !first.targetsKeys.isEmpty { body["targets_keys"] = .array(try first.targetsKeys.map(pem)) }
            body["targets_threshold"] = first.targetsThreshold.map { .number(JSONNumber(Int64($0))) }
        }
        if !subdirs.isEmpty { body["subdirs"] = .array(subdirs.map { .string($0) }) }
        if !renewed.isEmpty { body["renew"] = .array(renewed.map { .string($0.rawValue) }) }
        if replaceOnlineKey { body["replace_online_key"] = true }
        body["root_seconds"] = .number(JSONNumber(expiry.rootLifetime.seconds))
        body["targets_seconds"] = .number(JSONNumber(expiry.targetsLifetime.seconds))
        return body
    }
}
