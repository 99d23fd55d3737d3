// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import TrustCore

struct ServerChannelSet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Change who reads a channel, what it takes, or how much it may hold.",
        discussion: """
            Who reads it and whether packages need attestations is for the channel's owners to say, how much it holds for the \
            server's administrators. What a public channel published is known already, and its entries stay in the server's \
            public log for ever: making it private takes nothing back, and asks. What a private channel logged before it became \
            public stays out of the public log.
            """
    )

    @Argument(help: "The channel's name.")
    var name: String

    @Flag(name: .customLong("public"), help: "Let everybody read it.")
    var isPublic = false

    @Flag(name: .customLong("private"), help: "Let only members read it.")
    var isPrivate = false

    @Option(help: "Whether new packages need an attestation: required or optional.")
    var attestations: CaseArgument<AttestationNeed>?

    @Option(
        help: ArgumentHelp(
            "What it is, in a sentence, for its page; nothing takes it away.",
            valueName: "text"
        )
    )
    var description: String?

    @Option(
        help: ArgumentHelp(
            "The most that all of its packages may have, such as 50GiB; `unlimited`, or `default` for what the server says.",
            valueName: "size"
        )
    )
    var maxBytes: QuotaArgument?

    @Option(
        help: ArgumentHelp(
            "The most packages that it may have; `unlimited`, or `default` for what the server says.",
            valueName: "number"
        )
    )
    var maxFiles: QuotaArgument?

    @Flag(help: "Go on without asking.")
    var yes = false

    @OptionGroup var server: AdministeredServer
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard !isPublic || !isPrivate else { throw ValidationError("give --public or --private") }
        let isChange =
            isPublic || isPrivate || attestations != nil || description != nil || maxBytes != nil
            || maxFiles != nil
        guard isChange else {
            throw ValidationError(
                "say what to change: --public, --private, --attestations, --description, --max-bytes or --max-files"
            )
        }
    }

    func run() async throws {
        if isPrivate, !yes { try await confirmPrivacy() }
        var body = JSONObject()
        if isPublic || isPrivate { body["visibility"] = isPublic ? "public" : "private" }
        body["attestations"] = attestations.map { .string($0.name) }
        body["description"] = description.map { .string($0) }
        var quota = JSONObject()
        quota["bytes"] = maxBytes?.json
        quota["files"] = maxFiles?.json
        if quota.count > 0 { body["quota"] = .object(quota) }
        let request = AdministrationRequest(.put, ["channels", name], body: body)
        _ = try await server.ask(request, output.console)
        output.console.say("changed `\(name)`")
        if isPublic {
            output.console.say(
                "everybody reads all of it from now on; only what happens from now on is in the public log"
            )
        }
    }

    /// A public channel leaves its entries in the public log; nothing is asked of one that is private already.
    private func confirmPrivacy() async throws {
        let channel = try await server.ask(AdministrationRequest(.get, ["channels", name]))
        guard ByteKey.areEqual(channel.text("visibility"), "public") else { return }
        try Confirmation.demand(
            "make `\(name)` private? Its \(Counted(Int(clamping: channel["files"]?.integer ?? 0), "file")) and who published them stay in the server's public log for ever.",
            otherwise: "nothing was changed"
        )
    }
}

/// Whether a channel's new packages need attestations, on the command line.
enum AttestationNeed: String, CaseIterable, Sendable {
    case required
    case optional
}
