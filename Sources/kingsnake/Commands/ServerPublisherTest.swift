// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import TrustCore

extension ServerPublisher {
    struct Test: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say which of a channel's publishers a job's token fits, and what does not fit.",
            discussion: """
                The file holds the claims of a token as JSON, or the token itself, which is neither shown nor sent. Its signature, its \
                times and its audience are not checked, nothing is used up, and no key is given: this says only whether \
                publishers are described as they should be.
                """
        )

        @Argument(help: ArgumentHelp("The channel's name.", valueName: "channel"))
        var channel: String

        @Option(
            help: ArgumentHelp("The claims as JSON, or a token; `-` for standard input.", valueName: "file"),
            completion: .file()
        )
        var claims: String

        @OptionGroup var server: AdministeredServer
        @OptionGroup var output: OutputOptions

        func validate() throws { try UsageCheck.path(claims, of: "--claims") }

        func run() async throws {
            let console = output.console
            var body = JSONObject()
            body["claims"] = .object(try Workload.claims(unverified: try TokenFile.read(claims)))
            let path = ["channels", channel, "publishers", "test"]
            let answer = try await server.ask(AdministrationRequest(.post, path, body: body))
            let judged = answer["publishers"]?.array?.compactMap(\.object) ?? []
            console.say("\(answer.text("identity"))")
            for publisher in judged {
                let mark = publisher["fits"] == true ? console.good("fits   ") : console.bad("refused")
                let code = publisher["code"]?.string.flatMap(RefusalCatalog.code(named:))
                let reason = code.map { ": \($0.entry.summary) [\($0.rawValue)]" } ?? ""
                console.say("  \(mark)  \(TrustedPublisherReport.line(publisher))\(reason)")
            }
            let fits = judged.contains { $0["fits"] == true }
            if !fits { console.say("no trusted publisher fits; the job would be given no key") }
            var document = AdministeredServer.document(answer)
            document["status"] = fits ? "ok" : "refused"
            console.emit(document)
            if !fits { throw ExitCode(RefusalKind.policy.exitStatus) }
        }
    }
}
