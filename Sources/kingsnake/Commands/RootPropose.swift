// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import CondaFormats
import TUF
import TrustCore
import TrustPolicy

struct RootPropose: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "propose",
        abstract: "Propose a change of a channel's keys, thresholds, subdirs or expiry.",
        discussion: """
            Works on a copy of the channel's folder, without any key, and writes one file: the next version of root, of \
            targets, or of both, whatever the change needs. ROLE is root, targets, snapshot, timestamp, the name of a \
            subdir, maintainers.NAME for the maintainers of a package, online for all that the online keys sign, or offline \
            for root and targets. KEY is a public key file, the name of a key, or at least eight digits of its fingerprint.
            """
    )

    @Argument(
        help: ArgumentHelp("The channel's folder, or a copy.", valueName: "dir"),
        completion: .directory
    )
    var directory: String

    @Argument(help: ArgumentHelp("The file of the new proposal.", valueName: "proposal"), completion: .file())
    var proposal: String

    @Option(
        name: .customLong("add-key"),
        parsing: .singleValue,
        help: ArgumentHelp("Give a role one more key.", valueName: "role=file")
    )
    var added: [Assignment] = []

    @Option(
        name: .customLong("remove-key"),
        parsing: .singleValue,
        help: ArgumentHelp("Take a key from a role.", valueName: "role=key")
    )
    var removed: [Assignment] = []

    @Option(
        name: .customLong("replace-key"),
        parsing: .singleValue,
        help: ArgumentHelp("Put another key in the place of one, in every role.", valueName: "key=file")
    )
    var replaced: [Assignment] = []

    @Option(
        name: .customLong("threshold"),
        parsing: .singleValue,
        help: ArgumentHelp("Say how many keys of a role must sign.", valueName: "role=k")
    )
    var thresholds: [Assignment] = []

    @Option(
        name: .customLong("add-subdir"),
        parsing: .singleValue,
        help: ArgumentHelp("Delegate one more subdir to the online keys.", valueName: "name")
    )
    var subdirs: [String] = []

    @Option(
        name: .customLong("delegate"),
        parsing: .singleValue,
        help: ArgumentHelp(
            "Let a package's maintainers sign it, so many of them; give their keys with --add-key maintainers.NAME=FILE.",
            valueName: "name=k"
        )
    )
    var delegated: [Assignment] = []

    @Option(
        name: .customLong("undelegate"),
        parsing: .singleValue,
        help: ArgumentHelp("Let the online keys vouch for a package again.", valueName: "name")
    )
    var undelegated: [String] = []

    @Option(
        help: ArgumentHelp(
            "Sign who may publish what, by a file in the form of publishers.json; it travels with the proposal.",
            valueName: "file"
        ),
        completion: .file(extensions: ["json"])
    )
    var publishers: String?

    @Flag(help: "Take every demand on publishers away.")
    var noPublishers = false

    @Option(
        name: .customLong("renew"),
        parsing: .singleValue,
        help: ArgumentHelp("A new version of a role although nothing in it changes: root or targets.")
    )
    var renewed: [RenewedRole] = []

    @Flag(help: "The holders of root keys that are taken away will sign their removal.")
    var removedKeysSign = false

    @OptionGroup var sigstore: SigstoreOptions
    @OptionGroup var known: KnownRootOptions
    @OptionGroup var expiry: CeremonyExpiryOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        for edit in added + removed + thresholds { _ = try edit.role }
        try UsageCheck.path(publishers, of: "--publishers")
        guard publishers == nil || !noPublishers else {
            throw ValidationError("give one of --publishers and --no-publishers")
        }
        for edit in thresholds { _ = try edit.number }
        for name in subdirs { _ = try UsageCheck.value(name) { try Subdir($0) } }
        for edit in delegated { _ = try (edit.package, edit.number) }
        for name in undelegated { _ = try UsageCheck.value(name) { try PackageName($0) } }
    }

    func run() async throws {
        let console = output.console
        var draft = try ChannelProposal.draft(ofChannelIn: directory)
        for edit in delegated { try draft.delegate(edit.package, threshold: edit.number) }
        for name in undelegated { try draft.removeDelegation(of: PackageName(name)) }
        let policy = try publishers.map { path in
            let bytes = try PolicySource.bytes(of: path, maximumLength: PublisherPolicy.maximumLength)
            return try PublisherPolicy(json: bytes, of: nil, path)
        }
        if policy != nil || noPublishers { try draft.setPublishers(policy) }
        for edit in added {
            let key = try NamedKey(file: edit.right)
            try draft.add(key.key, named: key.name, to: edit.role)
        }
        for edit in replaced {
            let key = try NamedKey(file: edit.right)
            try draft.replace(KeyReference(argument: edit.left), by: key.key, named: key.name)
        }
        for edit in removed { try draft.remove(KeyReference(argument: edit.right), from: edit.role) }
        for edit in thresholds { try draft.setThreshold(edit.number, of: edit.role) }
        for name in subdirs {
            let subdir = try Subdir(name)
            try draft.delegate(ChannelProposal.scope(of: subdir), to: ChannelProposal.role(of: subdir))
        }
        if let policy { try await tryOut(policy, console) }
        let now = SystemClock.now
        var options = CeremonyDraft.Options(
            rootExpires: now.advanced(bySeconds: expiry.rootLifetime.seconds),
            targetsExpires: now.advanced(bySeconds: expiry.targetsLifetime.seconds)
        )
        options.renewing = Set(renewed.map(\.kind))
        options.removedKeysSign = removedKeysSign
        let proposal = try draft.proposal(options: options, now: now)
        try known.check(proposal.chain)
        try proposal.publish(to: self.proposal, as: "propose", console)
        for passage in PackagePassage.all(in: proposal, now: now) where passage.threshold != nil {
            let name = passage.package
            console.say(
                "next, the maintainers of `\(name)`: kingsnake channel delegate propose \(directory) \(name) PACKAGE… --out FILE"
            )
        }
    }
}

extension RootPropose {
    /// Says which files of the channel clients would refuse by a policy, if the folder has its indexes.
    private func tryOut(_ policy: PublisherPolicy, _ console: Console) async throws {
        do {
            let trial = try PublisherTrial(
                of: policy,
                inChannelAt: directory,
                verifier: try await sigstore.verifier(console, for: policy.channel)
            )
            PublisherTrialReport(trial).say(on: console)
        } catch let refusal as Refusal where refusal.is(ChannelCode.indexAltered) {
            console.warn(
                "the folder has no good index: which files clients would refuse by the policy is not known"
            )
        }
    }
}

/// A role that a ceremony can renew.
enum RenewedRole: String, ExpressibleByArgument, CaseIterable {
    case root
    case targets

    var kind: MetadataKind { self == .root ? .root : .targets }
}
