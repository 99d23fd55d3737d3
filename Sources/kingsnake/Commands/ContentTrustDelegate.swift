// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import ContentTrust
import DurableFiles
import SigningKeys
import TrustCore

struct ContentTrustDelegate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delegate",
        abstract: "Change who may sign: keys and thresholds of conda content trust, and their expiry.",
        discussion: """
            ROLE is root, key_mgr (the key manager, who says which keys sign records) or pkg_mgr (the package keys). KEY is a \
            public key file, or at least eight digits of the key or of its fingerprint. Signs with trust-root-* and \
            key-mgr-* of the folder of keys, if enough of them are there, and from trust-root.json there, the root that you \
            know; with --propose it needs no key, and writes a proposal for `kingsnake root sign`. After package keys changed, \
            sign the records again.
            """
    )

    @OptionGroup var channel: ChannelOptions

    @Option(
        name: .customLong("add-key"),
        parsing: .singleValue,
        help: ArgumentHelp("Give a role one more key.", valueName: "role=file")
    )
    var added: [Assignment] = []

    @Option(
        name: .customLong("add-mamba-key"),
        parsing: .singleValue,
        help: ArgumentHelp("Let one more package key sign records in mamba's form.", valueName: "file"),
        completion: .file()
    )
    var addedForMamba: [String] = []

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
        name: .customLong("renew"),
        parsing: .singleValue,
        help: ArgumentHelp("A new version of a role although nothing in it changes.", valueName: "role")
    )
    var renewed: [TrustRoleArgument] = []

    @Flag(help: "The holders of root keys that are taken away will sign their removal.")
    var removedKeysSign = false

    @Option(
        help: ArgumentHelp("Sign nothing, and write a proposal to this file.", valueName: "file"),
        completion: .file()
    )
    var propose: String?

    @OptionGroup var known: KnownRootOptions
    @OptionGroup var expiry: TrustExpiryOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        try UsageCheck.path(propose, of: "--propose")
        for edit in added + removed + thresholds { _ = try edit.trustRole }
        for edit in thresholds { _ = try edit.number }
        guard propose == nil || !renewed.contains(.packageManager) else {
            throw ValidationError("--renew pkg_mgr: package keys sign it at once, no proposal is needed")
        }
    }

    private var isOffline: Bool {
        !(added + removed + replaced + thresholds).isEmpty || !addedForMamba.isEmpty
            || renewed.contains { $0 != .packageManager }
    }

    func run() async throws {
        let console = output.console
        let now = SystemClock.now
        let folder = TrustFolder(directory: try channel.path)
        var change = TrustFolder.Change()
        let state = try folder.existing()
        try known.check { try state.chain.check(leadsThrough: $0) }
        var report: CeremonyReport?
        if isOffline || !renewed.contains(.packageManager) {
            var proposal = try draft(state).proposal(options: options(now), now: now)
            if let propose { return try proposal.publish(to: propose, as: "delegate", console) }
            try demandKnownRoot(state.chain)
            let ceremony = try await finish(&proposal, now)
            change = try folder.publish(ceremony, keys: try channel.keyRing, now: now)
            report = try proposal.report()
        }
        try await renewPackageManager(folder, &change, now)
        report?.contents.forEach { console.say("\($0)") }
        TrustChangeReport.say(change, channel.directory, console)
        let after = try folder.existing()
        var document = TrustChangeReport.json(
            change,
            after.chain,
            try after.chain.keyManager(after.keyManager, now: now)
        )
        document["words"] = .array((report?.contents ?? []).map { .string($0) })
        console.emit(document)
    }

    /// Whoever can write the served folder can put a chain of their own there that names our keys too.
    private func demandKnownRoot(_ chain: TrustChain) throws {
        guard try TrustFolder.checkAnchor(chain, in: channel.keyRing) || known.isGiven else {
            throw Failure(
                .configuration,
                "nobody looks at the root that the channel begins with",
                remedy: "give the root that you know with `--root FILE` or `--root-sha256 HEX`"
            )
        }
    }

    private func renewPackageManager(
        _ folder: TrustFolder,
        _ change: inout TrustFolder.Change,
        _ now: Timestamp
    ) async throws {
        guard renewed.contains(.packageManager) else {
            return try await folder.renewPackageManager(
                &change,
                keys: try channel.keyRing,
                passphrase: channel.passphrase,
                lifetime: expiry.packageManagerLifetime,
                now: now
            )
        }
        let isWritten = try await folder.renewPackageManager(
            keys: try channel.keyRing,
            passphrase: channel.passphrase,
            lifetime: expiry.packageManagerLifetime.seconds,
            margin: 0,
            isForced: true,
            now: now
        )
        guard isWritten else {
            throw Failure(
                .configuration,
                "the channel has no key that signs mamba's form, and needs no pkg_mgr.json",
                remedy: "add one with `--add-mamba-key FILE`"
            )
        }
        change.written.append(TrustRole.packageManager.fileName(version: 0))
    }

    private func draft(_ state: TrustFolder.State) throws -> TrustDraft {
        var draft = try TrustDraft(chain: state.chain, keyManager: state.keyManager)
        for edit in added { try draft.add(PublicKeyFile.read(edit.right), to: edit.trustRole) }
        for file in addedForMamba {
            try draft.add(PublicKeyFile.read(file), to: .packageManager, signing: .mamba)
        }
        for edit in replaced {
            try draft.replace(TrustKeyReference(argument: edit.left), by: PublicKeyFile.read(edit.right))
        }
        for edit in removed {
            try draft.remove(TrustKeyReference(argument: edit.right), from: edit.trustRole)
        }
        for edit in thresholds { try draft.setThreshold(edit.number, of: edit.trustRole) }
        return draft
    }

    private func options(_ now: Timestamp) -> TrustDraft.Options {
        var options = expiry.options(now)
        options.renewing = Set(renewed.map(\.role))
        options.removedKeysSign = removedKeysSign
        return options
    }

    /// Signs with the keys that are here; they must be enough.
    private func finish(_ proposal: inout TrustProposal, _ now: Timestamp) async throws
        -> FinishedTrustCeremony
    {
        try await TrustFolder.sign(
            &proposal,
            keys: try channel.keyRing,
            passphrase: channel.passphrase,
            now: now
        )
        do {
            return try FinishedTrustCeremony(proposal, now: now)
        } catch let refusal as Refusal where refusal.is(TrustCeremonyCode.incomplete) {
            throw Refusal(
                TrustCeremonyCode.incomplete,
                refusal.subject,
                at: try channel.keyRing.directory,
                expected: refusal.expected,
                found: refusal.found,
                remedy:
                    "bring the keys here, or write a proposal with `--propose FILE` for their holders to sign",
                cause: refusal
            )
        }
    }
}

/// A role of conda content trust on the command line.
enum TrustRoleArgument: String, ExpressibleByArgument, CaseIterable {
    case root
    case keyManager = "key_mgr"
    case packageManager = "pkg_mgr"

    var role: TrustRole {
        switch self {
        case .root: .root
        case .keyManager: .keyManager
        case .packageManager: .packageManager
        }
    }
}

extension Assignment {
    /// The left side as a role of conda content trust.
    var trustRole: TrustRole {
        get throws {
            guard let role = TrustRole.allCases.first(where: { ByteKey.areEqual($0.rawValue, left) }) else {
                throw ValidationError("`\(left)` is no role: expected root, key_mgr or pkg_mgr")
            }
            return role
        }
    }
}

extension TrustKeyReference {
    /// A public key file if there is one of that name; else the beginning of a key or of its fingerprint.
    init(argument: String) throws {
        let isFile = Folder.exists(argument) && !Folder.isFolder(argument)
        self = isFile ? .key(try PublicKeyFile.read(argument)) : .text(argument)
    }
}
