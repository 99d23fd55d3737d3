// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import SigningKeys
import TrustCore
import TrustPolicy

struct ChannelPublishers: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publishers",
        abstract: "Say, as the channel's owner, who may publish which packages of it.",
        discussion: """
            What you say is kept in publishers.json, which the channel's offline targets key signs. Every client then refuses \
            packages that are not attested by those whom you named: an attestation that was taken away does not help whoever \
            breaks into the server, nor whoever steals the online key. What changes, and which of the channel's files clients \
            would refuse by it, is shown before anything is signed.
            """,
        subcommands: [
            ChannelPublishersAdd.self, ChannelPublishersRequire.self, ChannelPublishersRemove.self,
            ChannelPublishersSet.self, ChannelPublishersList.self, ChannelPublishersTest.self,
        ]
    )
}

/// The packages that an entry of the owner's policy is about.
struct PatternArgument: ParsableArguments {
    @Argument(help: ArgumentHelp("The packages: a name, `prefix-*` or `*`.", valueName: "pattern"))
    var pattern: String

    func validate() throws { _ = try value }

    var value: PackagePattern {
        get throws {
            guard let value = PackagePattern(pattern) else {
                throw ValidationError("`\(pattern)`: expected a package's name, `prefix-*` or `*`")
            }
            return value
        }
    }
}

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

/// How many publishers of an entry must attest, and which packages need no attestation, as the command line gives it.
struct EntryDemandOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("How many different publishers of the entry must attest.", valueName: "number")
    )
    var threshold: Int?

    @Option(
        help: ArgumentHelp(
            "Needed by files only that the index lists since this moment, or later.",
            valueName: "time"
        )
    )
    var requiredSince: String?

    @Flag(
        help: "Needed by all but the files that the channel lists now without attestation, by their digests."
    )
    var exceptUnattested = false

    @Flag(help: "Needed by every file. (the default of a new entry)")
    var always = false

    func validate() throws {
        guard requiredSince.map({ Timestamp($0) != nil }) ?? true else {
            throw ValidationError("--required-since takes a time such as 2026-12-31T00:00:00Z")
        }
        guard [requiredSince != nil, exceptUnattested, always].filter(\.self).count <= 1 else {
            throw ValidationError("give one of --required-since, --except-unattested and --always")
        }
    }

    /// What is given of exemptions; nil if nothing is. Says which files are excepted by their digests.
    func exemption(_ pattern: PackagePattern, inChannelAt directory: String, _ console: Console) throws
        -> PublisherEntry
        .Exemption?
    {
        if let moment = requiredSince.flatMap({ Timestamp($0) }) { return .listed(before: moment) }
        if always { return PublisherEntry.Exemption.none }
        guard exceptUnattested else { return nil }
        let files = try PublisherTrial.unattested(pattern, inChannelAt: directory)
        for (file, sha256) in files.prefix(Self.shownFiles) {
            console.say("needs no attestation: `\(file)`, \(sha256)")
        }
        let rest = files.count - Self.shownFiles
        if rest > 0 { console.say("and \(Counted(rest, "file")) more; `channel list` shows all") }
        let digests = Set(files.map(\.sha256)).sorted { $0.hex < $1.hex }
        return digests.isEmpty ? PublisherEntry.Exemption.none : .digests(digests)
    }

    private static let shownFiles = 50
}
