// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import TrustCore
import TrustPolicy

/// How the commands that change the owner's policy show, confirm and sign it.
struct PublisherSigningOptions: ParsableArguments {
    @OptionGroup var targets: TargetsKeyOptions
    @OptionGroup var sigstore: SigstoreOptions

    @Flag(help: "Sign without asking.")
    var yes = false

    @Flag(help: "Only show what would change, and which files clients would refuse.")
    var dryRun = false

    /// Makes a change of a policy that must be there.
    func change(
        _ options: ChannelOptions,
        _ console: Console,
        _ edit: (PublisherPolicy) throws -> PublisherPolicy?
    ) async throws {
        try await sign(options, console) { policy in
            guard let policy else {
                throw Failure(
                    .configuration,
                    "the channel's owner says nothing of publishers yet",
                    at: options.directory,
                    remedy: "begin with `kingsnake channel publishers add`"
                )
            }
            return try edit(policy)
        }
    }

    /// Makes the change.
    func sign(
        _ options: ChannelOptions,
        _ console: Console,
        _ edit: (PublisherPolicy?) throws -> PublisherPolicy?
    ) async throws {
        let directory = try options.path
        let old = try PublishersFile.policy(inChannelAt: directory)
        let new = try edit(old)
        let change = PublisherPolicyChange(from: old, to: new)
        var document = JSONObject()
        document["schema"] = 1
        document["status"] = "ok"
        for member in change.json.members { document[member.key] = member.value }
        guard !change.isNone else {
            console.say("that is what is signed already")
            return console.emit(document)
        }
        change.lines.forEach { console.say("\($0)") }
        if let new {
            let trial = try PublisherTrial(
                of: new,
                inChannelAt: directory,
                verifier: try await sigstore.verifier(console, for: new.channel)
            )
            PublisherTrialReport(trial).say(on: console)
            document["files"] = .object(trial.json)
        }
        document["dry_run"] = .bool(dryRun)
        if dryRun {
            console.say("nothing was signed")
            return console.emit(document)
        }
        if !yes { try Confirmation.demand("sign this with the channel's targets key?") }
        let signers = try await targets.signers(passphraseFile: options.passphraseFile)
        var channel = try options.open()
        guard try channel.publisherPolicy() == old else {
            throw Failure(
                .configuration,
                "somebody else changed the policy meanwhile; nothing was signed",
                at: directory,
                remedy: "look at it again"
            )
        }
        let done = try await channel.setPublisherPolicy(new, signingTargetsBy: signers, now: SystemClock.now)
        done.signed.forEach { console.say("signed \($0)") }
        document["signed"] = .array(done.signed.map { .string($0) })
        console.emit(document)
    }
}
