// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import TrustCore
import TrustPolicy

struct ChannelStatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show a channel's roles: who signs what, which version, what expires when.",
        discussion: """
            The metadata is verified from the root down before it is shown. No key is needed. Where the owner says who may \
            publish what, attestations are verified too, and the files are counted that clients refuse.
            """
    )

    @OptionGroup var channel: ChannelOptions
    @OptionGroup var sigstore: SigstoreOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let console = output.console
        let now = SystemClock.now
        let status = try ChannelStatus(
            directory: try channel.path,
            keys: try channel.keyRing,
            now: now
        )
        console.say("\(try channel.path)")
        console.say("root sha256 \(status.rootDigest.hex) (version 1, the one to pin)")
        console.say("")
        var table = TextTable(["ROLE", "VERSION", "SIGNERS", "KEYS", "EXPIRES", "", "PACKAGES"])
        for role in status.roles {
            table.add([
                role.name, "\(role.version)", "\(role.threshold) of \(role.keyIDs.count)",
                role.keyIDs.map { String($0.prefix(8)) }.joined(separator: " "), role.expires.description,
                role.remaining(at: now), role.packageCount.map { "\($0)" } ?? "",
            ])
        }
        table.lines.forEach { console.say("\($0)") }
        console.say("")
        MaintainersReport(status.maintained, now).lines.forEach { console.say("\($0)") }
        let publishers = try await publisherStatus(console)
        if let publishers { PublisherStatusReport(publishers).say(on: console) }
        for step in status.trustSteps ?? [] { console.say("next: \(step)") }
        if status.isPending {
            console.warn(
                "a publication was interrupted; the next `channel add`, `sign` or `verify` finishes it"
            )
        }
        var document = status.json
        document["publishers"] = publishers.map { .object($0.json) } ?? .null
        console.emit(document)
    }

    /// What the owner demands of publishers; nil for nothing.
    private func publisherStatus(_ console: Console) async throws -> PublisherStatus? {
        let directory = try channel.path
        guard let policy = try PublishersFile.policy(inChannelAt: directory) else { return nil }
        let verifier = try await sigstore.verifier(console, for: policy.channel)
        return try PublisherStatus(policy, inChannelAt: directory, verifier: verifier)
    }
}
