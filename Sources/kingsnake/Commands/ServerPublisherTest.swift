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
                The file holds the claims of a token as JSON, or the token itself, which is not shown. Its signature, its \
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

        @OptionGroup var server: ServerFolderOptions
        @OptionGroup var output: OutputOptions

        func validate() throws { try UsageCheck.path(claims, of: "--claims") }

        func run() async throws {
            let console = output.console
            let database = try server.database(), issuers = try server.issuers()
            let channel = try await ServerFolderOptions.channel(channel, in: database)
            let job = try Workload(unverified: try TokenFile.read(claims), of: issuers)
            let publishers = TrustedPublishers(
                database,
                issuers: issuers,
                publicURL: "",
                now: { SystemClock.now }
            )
            let judged = try await publishers.judge(job, in: channel)
            console.say("\(job.identity)")
            for (publisher, mismatch) in judged {
                let mark = mismatch == nil ? console.good("fits   ") : console.bad("refused")
                let reason = mismatch.map { ": \($0.entry.summary) [\($0.rawValue)]" } ?? ""
                console.say("  \(mark)  \(TrustedPublisherReport.line(publisher))\(reason)")
            }
            let fits = judged.contains { $0.mismatch == nil }
            if !fits { console.say("no trusted publisher fits; the job would be given no key") }
            console.emit(Self.document(job, judged))
            if !fits { throw ExitCode(RefusalKind.policy.exitStatus) }
        }

        private static func document(
            _ job: Workload,
            _ judged: [(publisher: TrustedPublisher, mismatch: OIDCCode?)]
        ) -> JSONObject {
            var document = JSONObject()
            document["schema"] = 1
            document["status"] = judged.contains { $0.mismatch == nil } ? "ok" : "refused"
            document["identity"] = .string(job.identity)
            document["publishers"] = .array(
                judged.map { publisher, mismatch in
                    var object = publisher.json
                    object["fits"] = .bool(mismatch == nil)
                    object["code"] = mismatch.map { .string($0.rawValue) }
                    return .object(object)
                }
            )
            return document
        }
    }
}
