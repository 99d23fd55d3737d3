// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import TrustCore

struct ServerKeyCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make a key, and print it: this once, for the server keeps only its hash.",
        discussion: """
            A key stands for its holder, and never allows more than they may at that moment. It can be limited: to some \
            actions (--only), a channel, packages. Give programs keys that do just what they need. Standard output has the \
            key and nothing else.
            """
    )

    @Option(help: "Whose key it is. (default: with --server, whoever asks)")
    var user: String?

    @Option(help: "What to call it, so that you know later what it is for.")
    var label: String = ""

    @Option(help: ArgumentHelp("How long it is good, such as 90d.", valueName: "time"))
    var expires = Lifetime(days: 365)

    @Flag(help: "Make a key that is good until it is revoked.")
    var neverExpires = false

    @Option(
        help: ArgumentHelp(
            "An action that it is for; may be given again. (default: all)",
            valueName: "action"
        )
    )
    var only: [CaseArgument<ServerAction>] = []

    @Option(help: "The channel that it is for. (default: all)")
    var channel: String?

    @Option(
        help: ArgumentHelp(
            "A package that it is for; may be given again. Reading is not limited by it. (default: all)",
            valueName: "name"
        )
    )
    var package: [String] = []

    @OptionGroup var server: AdministeredServer
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard user != nil || server.url != nil else {
            throw ValidationError("in a server's folder nobody is known to ask: give --user")
        }
    }

    func run() async throws {
        let request = AdministrationRequest(.post, ["keys"], body: body(SystemClock.now))
        let answer = try await server.ask(request, output.console)
        let (id, until) = (answer["id"]?.integer ?? 0, answer.text("expires", otherwise: "it is revoked"))
        output.console.remark(
            "key \(id) of `\(answer.text("holder"))`, good until \(until); it is not shown again:"
        )
        output.console.say("\(answer.text("secret"))")
    }

    private func body(_ now: Timestamp) -> JSONObject {
        var body = JSONObject()
        body["user"] = user.map { .string($0) }
        body["label"] = .string(label)
        if !neverExpires { body["expires"] = .string("\(now.advanced(bySeconds: expires.seconds))") }
        if !only.isEmpty || channel != nil || !package.isEmpty {
            var scope = JSONObject()
            if !only.isEmpty { scope["actions"] = .array(only.map { .string($0.name) }) }
            scope["channel"] = channel.map { .string($0) }
            if !package.isEmpty { scope["packages"] = .array(package.map { .string($0) }) }
            body["scopes"] = .array([.object(scope)])
        }
        return body
    }
}
