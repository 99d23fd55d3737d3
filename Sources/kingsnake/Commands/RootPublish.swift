// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import CondaFormats
import ContentTrust
import TUF
import TrustCore

struct RootPublish: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish",
        abstract: "Put a proposal that enough authorities have signed into the channel.",
        discussion: """
            Verifies the chain of roots as a client does. In one step, whole or not at all, it then puts the new root and \
            targets into the channel's folder and signs anew what they make worthless: timestamp, snapshot and subdirs \
            whose keys changed. Only the online keys that count from now on are needed, as online-*.key or \
            online-*.signer in the folder of keys. A proposal of `root init` makes the channel. Packages that pass to \
            maintainers need a list that these have signed, from `channel delegate propose` and `sign`: it is published in \
            the same step. If it is killed, run it again; what is in force already stays as it is.
            """
    )

    @Argument(help: ArgumentHelp("The proposal.", valueName: "proposal"), completion: .file())
    var proposal: String

    @OptionGroup var channel: ChannelOptions

    @OptionGroup var given: CeremonyListsOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let console = output.console
        let now = SystemClock.now
        switch try CeremonyFolder.proposal(self.proposal) {
        case let proposal as CeremonyProposal: try await publish(proposal, now, console)
        case let proposal as TrustProposal: try await publish(proposal, now, console)
        default: preconditionFailure("proposals are of two sorts")
        }
    }

    private func publish(_ proposal: CeremonyProposal, _ now: Timestamp, _ console: Console) async throws {
        let report = try proposal.report()
        let ceremony = try FinishedCeremony(proposal, now: now)
        let change = try await perform(ceremony, isFirst: proposal.chain == nil, now: now)
        try CeremonyFolder.record(
            "publish in \(channel.path)",
            proposal,
            report.progressLines + change.signed,
            in: self.proposal + ".transcript"
        )
        report.contents.forEach { console.say("\($0)") }
        for file in change.removed {
            console.say("removed `\(file)` from the index: its maintainers' list does not name it")
        }
        change.signed.forEach { console.say("published \($0)") }
        if change.signed.isEmpty {
            console.say("the channel is as the proposal says already; nothing was signed")
            if !given.lists.isEmpty { console.say("the lists were in force already, or newer ones are") }
        }
        for subdir in change.subdirs { console.say("added the subdir `\(subdir)`") }
        let first = ceremony.chain.first.root
        console.say(
            "users pin root version \(first.role.version), sha256 \(first.digest.hex), or any later one"
        )
        var document = change.json
        document["root_version"] = .number(JSONNumber(ceremony.chain.last.root.role.version))
        document["root_sha256"] = .string(first.digest.hex)
        document["words"] = .array(report.contents.map { .string($0) })
        console.emit(document)
    }

    /// Puts the root and the key manager's metadata of conda content trust at the top of the folder.
    private func publish(_ proposal: TrustProposal, _ now: Timestamp, _ console: Console) async throws {
        guard !given.isGiven else {
            throw ValidationError("lists belong to TUF's roles, and this proposal is of conda content trust")
        }
        let ceremony = try FinishedTrustCeremony(proposal, now: now)
        let folder = TrustFolder(directory: try channel.path)
        var change = try folder.publish(ceremony, keys: try channel.keyRing, now: now)
        try await folder.renewPackageManager(
            &change,
            keys: try channel.keyRing,
            passphrase: channel.passphrase,
            now: now
        )
        let report = try proposal.report()
        try CeremonyFolder.record(
            "publish in \(channel.path)",
            proposal,
            report.progressLines + change.written,
            in: self.proposal + ".transcript"
        )
        report.contents.forEach { console.say("\($0)") }
        TrustChangeReport.say(change, channel.directory, console)
        let first = ceremony.chain.links[0]
        console.say("users pin root version 1, sha256 \(first.digest.hex), or any later one")
        var document = TrustChangeReport.json(change, ceremony)
        document["words"] = .array(report.contents.map { .string($0) })
        console.emit(document)
    }

    private func perform(_ ceremony: FinishedCeremony, isFirst: Bool, now: Timestamp) async throws
        -> ChannelChange
    {
        guard isFirst else {
            let lists = try given.read().map { ($0.package, $0.bytes) }
            var channel = try channel.open()
            return try await channel.publish(
                ceremony,
                lists: Dictionary(lists) { first, _ in first },
                removingUnlisted: given.removeUnlisted,
                awaitingLists: given.awaitLists,
                now: now
            )
        }
        guard given.lists.isEmpty else { throw ValidationError("--list: a new channel has no package yet") }
        return try await SignedChannel.create(
            directory: channel.path,
            keys: channel.keyRing,
            ceremony: ceremony,
            passphrase: channel.passphrase,
            now: now
        )
    }
}
