// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import ContentTrust
import SigningKeys
import TrustCore

struct ContentTrustInit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Make the first root and key manager of conda content trust, and their keys.",
        discussion: """
            DIR is a signed channel, or any folder of repodata; 1.root.json and key_mgr.json go to its top, and pkg_mgr.json \
            if mamba shall read it. Without public keys it makes all keys here: trust-root-*.key and key-mgr-*.key are \
            offline keys, to be moved to a safe place afterwards. With public keys it makes no key, and writes a proposal \
            that several people sign in separate places with `kingsnake root sign`.
            """
    )

    @OptionGroup var channel: ChannelOptions

    @Option(help: "The clients that shall accept the channel's signatures: conda, mamba, or joint for both.")
    var profile = TrustProfileArgument(.conda)

    @Option(help: ArgumentHelp("How many root keys to make.", valueName: "n"))
    var rootKeys = 1

    @Option(help: ArgumentHelp("How many root keys must agree on a new root.", valueName: "k"))
    var rootThreshold = 1

    @Option(help: ArgumentHelp("How many keys of the key manager to make.", valueName: "n"))
    var managerKeys = 1

    @Option(help: ArgumentHelp("How many of them must agree on the package keys.", valueName: "k"))
    var managerThreshold = 1

    @Option(help: ArgumentHelp("How many package keys to make, for each form of records.", valueName: "n"))
    var packageKeys = 1

    @Option(help: ArgumentHelp("How many package keys must sign each record.", valueName: "k"))
    var packageThreshold = 1

    @Flag(help: "Do not encrypt the offline keys: whoever copies a key file has the key.")
    var noPassphrase = false

    @Flag(help: "Encrypt the package keys too; then signing records needs their passphrase.")
    var encryptPackage = false

    @OptionGroup(title: "Public keys, for a ceremony") var given: GivenTrustKeys
    @OptionGroup var expiry: TrustExpiryOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        try given.validate(profile.profile)
        _ = try quorum(rootKeys, rootThreshold, "root")
        _ = try quorum(managerKeys, managerThreshold, "manager")
        _ = try quorum(packageKeys, packageThreshold, "package")
    }

    private func quorum(_ count: Int, _ threshold: Int, _ name: String) throws -> KeyRing.Quorum {
        // With public keys their number is known when they are read.
        let number = given.isGiven ? max(threshold, 1) : count
        guard let quorum = KeyRing.Quorum(count: number, threshold: threshold) else {
            throw ValidationError(
                "--\(name)-threshold must be from 1 to --\(name)-keys, and that at most 20"
            )
        }
        return quorum
    }

    func run() async throws {
        let console = output.console
        let folder = TrustFolder(directory: try channel.path)
        let now = SystemClock.now
        let options = expiry.options(now)
        guard let file = given.propose else { return try await make(in: folder, options, now, console) }
        try folder.checkIsNew(keys: try channel.keyRing)
        var draft = try given.draft()
        try draft.setThreshold(rootThreshold, of: .root)
        try draft.setThreshold(managerThreshold, of: .keyManager)
        try draft.setThreshold(packageThreshold, of: .packageManager)
        try draft.proposal(options: options, now: now).publish(to: file, as: "init", console)
    }

    private func make(
        in folder: TrustFolder,
        _ options: TrustDraft.Options,
        _ now: Timestamp,
        _ console: Console
    ) async throws {
        let keys = try channel.keyRing
        try folder.checkIsNew(keys: keys)
        let secret =
            noPassphrase && !encryptPackage
            ? nil : try PassphrasePrompt.new(for: "the new keys", file: channel.passphraseFile)
        let protection = secret.map { KeyProtection.passphrase($0) } ?? .unsafelyUnencrypted
        let plan = TrustFolder.NewKeys(
            profile: profile.profile,
            root: try quorum(rootKeys, rootThreshold, "root"),
            keyManager: try quorum(managerKeys, managerThreshold, "manager"),
            package: try quorum(packageKeys, packageThreshold, "package"),
            offline: noPassphrase ? .unsafelyUnencrypted : protection,
            online: encryptPackage ? protection : .unsafelyUnencrypted
        )
        let ceremony = try await folder.makeKeys(plan, in: keys, options: options, now: now)
        var change = try folder.publish(ceremony, keys: keys, now: now)
        try await folder.renewPackageManager(
            &change,
            keys: keys,
            passphrase: channel.passphrase,
            lifetime: expiry.packageManagerLifetime,
            now: now
        )
        report(ceremony, change, keys, console)
    }

    private func report(
        _ ceremony: FinishedTrustCeremony,
        _ change: TrustFolder.Change,
        _ keys: KeyRing,
        _ console: Console
    ) {
        let root = ceremony.chain.root
        change.written.forEach { console.say("published \($0)") }
        console.say("  root      1.root.json, sha256 \(root.digest.hex)")
        console.say("  keys      \(keys.directory)")
        console.say(
            "            trust-root-*.key and key-mgr-*.key are offline keys: move them to a safe place"
        )
        console.say("next: kingsnake content-trust sign \(channel.directory)")
        var document = TrustChangeReport.json(change, ceremony)
        document["keys"] = .string(keys.directory)
        console.emit(document)
    }
}

/// A profile on the command line.
struct TrustProfileArgument: ExpressibleByArgument {
    let profile: TrustProfile

    init(_ profile: TrustProfile) { self.profile = profile }

    init?(argument: String) {
        guard let profile = TrustProfile(rawValue: argument) else { return nil }
        self.profile = profile
    }

    var defaultValueDescription: String { profile.rawValue }
    static let allValueStrings: [String] = TrustProfile.allCases.map(\.rawValue)
}
