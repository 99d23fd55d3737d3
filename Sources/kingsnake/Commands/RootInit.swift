// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import CondaFormats
import TUF
import TrustCore

struct RootInit: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Propose the first root of a new channel, from public keys alone.",
        discussion: """
            The proposal holds version 1 of root (the authorities, and how many must agree) and of targets (the subdirs, and \
            the online keys that sign their indexes). Nobody has signed it yet. The targets role has the authorities' keys \
            and threshold unless it is given keys of its own.
            """
    )

    @Argument(help: ArgumentHelp("The file of the new proposal.", valueName: "proposal"), completion: .file())
    var proposal: String

    @OptionGroup var first: FirstAuthoritiesOptions

    @Option(
        name: .customLong("online-key"),
        parsing: .singleValue,
        help: ArgumentHelp(
            "A public key file of the machine that signs indexes and timestamps.",
            valueName: "file"
        ),
        completion: .file()
    )
    var onlineKeys: [String] = []

    @Option(
        name: .customLong("subdir"),
        parsing: .singleValue,
        help: ArgumentHelp(
            "A subdir of the channel; may be given several times. noarch is always one. (default: the common platforms)",
            valueName: "name"
        )
    )
    var subdirs: [String] = []

    @OptionGroup var expiry: CeremonyExpiryOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard first.isGiven else { throw ValidationError("give --authority FILE for each authority") }
        guard !onlineKeys.isEmpty else { throw ValidationError("give --online-key FILE") }
        for name in subdirs { _ = try UsageCheck.value(name) { try Subdir($0) } }
    }

    func run() throws {
        let console = output.console
        guard let threshold = first.threshold else { preconditionFailure("it came with the authorities") }
        let root = try first.authorities.map { try NamedKey(file: $0) }
        let targets = try first.targetsKeys.map { try NamedKey(file: $0) }
        let online = try onlineKeys.map { try NamedKey(file: $0) }
        let names = subdirs.isEmpty ? ChannelSettings.commonSubdirs : subdirs
        var roles = CeremonyProposal.FirstRoles(
            authorities: RoleSetup(root.map(\.key), threshold: threshold),
            targetsKeys: targets.map(\.key),
            targetsThreshold: first.targetsThreshold,
            online: RoleSetup(online.map(\.key)),
            delegations: try ChannelProposal.delegations(to: names.map { try Subdir($0) })
        )
        roles.names = (root + targets + online).compactMap { named in named.name.map { (named.key, $0) } }
        let now = SystemClock.now
        let proposal = try CeremonyProposal.first(
            roles,
            rootExpires: now.advanced(bySeconds: expiry.rootLifetime.seconds),
            targetsExpires: now.advanced(bySeconds: expiry.targetsLifetime.seconds),
            now: now
        )
        try proposal.publish(to: self.proposal, as: "init", console)
    }
}

extension SignableProposal {
    /// Writes a new proposal and shows it.
    func publish(to path: String, as action: String, _ console: Console) throws {
        let report = try report()
        try CeremonyFolder.create(self, at: path)
        try CeremonyFolder.record(action, self, report.lines, in: path + ".transcript")
        report.lines.forEach { console.say("\($0)") }
        console.say("wrote \(path)")
        console.say("next, each authority: kingsnake root sign \(path) --key KEY")
        var document = report.json
        document["proposal"] = .string(path)
        console.emit(document)
    }
}
