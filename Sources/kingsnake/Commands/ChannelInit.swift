// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import CondaFormats
import SigningKeys
import TrustCore

struct ChannelInit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Make a signed channel and its keys.",
        discussion: """
            Offline keys (root, targets) say which keys count; move them to a safe place afterwards. Online keys sign the \
            index and renew it; they stay where `channel add` and `channel sign` run. The folder of keys must never be \
            served. Give your users DIR/tuf/1.root.json, or its SHA-256, by a way they trust.
            """
    )

    @OptionGroup var channel: ChannelOptions

    @Option(
        name: .customLong("subdir"),
        parsing: .singleValue,
        help: ArgumentHelp(
            "A subdir of the channel; may be given several times. noarch is always one. (default: the common platforms)",
            valueName: "name"
        )
    )
    var subdirs: [String] = []

    @Option(help: ArgumentHelp("How many root keys to make.", valueName: "n"))
    var rootKeys = 1

    @Option(help: ArgumentHelp("How many root keys must agree on a new root.", valueName: "n"))
    var rootThreshold = 1

    @Option(help: "The signature scheme of the new keys.")
    var scheme = SchemeArgument(.ed25519)

    @Flag(help: "Do not encrypt the offline keys: whoever copies a key file has the key.")
    var noPassphrase = false

    @Flag(help: "Encrypt the online key too; then `add` and `sign` need its passphrase.")
    var encryptOnline = false

    @OptionGroup var lifetimes: LifetimeOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard KeyRing.Quorum(count: rootKeys, threshold: rootThreshold) != nil else {
            throw ValidationError("--root-threshold must be from 1 to --root-keys, and that at most 20")
        }
        for name in subdirs { _ = try UsageCheck.value(name) { try Subdir($0) } }
    }

    func run() async throws {
        let console = output.console
        guard let quorum = KeyRing.Quorum(count: rootKeys, threshold: rootThreshold) else {
            preconditionFailure("validate() has looked at the quorum")
        }
        let names = subdirs.isEmpty ? ChannelSettings.commonSubdirs : subdirs
        let settings = ChannelSettings(
            subdirs: try names.map { try Subdir($0) },
            lifetimes: lifetimes.lifetimes
        )
        let file = channel.passphraseFile
        let secret =
            noPassphrase && !encryptOnline ? nil : try PassphrasePrompt.new(for: "the new keys", file: file)
        let created = try await SignedChannel.create(
            directory: try channel.path,
            keys: try channel.keyRing,
            settings: settings,
            scheme: scheme.scheme,
            root: quorum,
            offline: noPassphrase ? .unsafelyUnencrypted : try protection(secret),
            online: encryptOnline ? try protection(secret) : .unsafelyUnencrypted,
            now: SystemClock.now
        )
        try report(created, console)
    }

    private func protection(_ passphrase: Passphrase?) throws -> KeyProtection {
        guard let passphrase else { throw Failure(.configuration, "a passphrase is needed") }
        return .passphrase(passphrase)
    }

    private func report(_ created: CreatedChannel, _ console: Console) throws {
        let path = try channel.path
        let keys = try channel.keyRing.directory
        console.say("made a signed channel in \(path)")
        console.say("  subdirs   \(created.subdirs.map(\.text).joined(separator: ", "))")
        console.say("  root      tuf/1.root.json, sha256 \(created.rootDigest.hex)")
        console.say("  keys      \(keys)")
        console.say("            root-*.key and targets-*.key are offline keys: move them to a safe place")
        console.say("next: kingsnake channel add \(channel.directory) PACKAGE…")
        var document = JSONObject()
        document["schema"] = 1
        document["status"] = "ok"
        document["directory"] = .string(path)
        document["root_sha256"] = .string(created.rootDigest.hex)
        document["keys"] = .string(keys)
        document["subdirs"] = .array(created.subdirs.map { .string($0.text) })
        console.emit(document)
    }
}

/// A signature scheme on the command line.
struct SchemeArgument: ExpressibleByArgument {
    let scheme: SignatureScheme

    init(_ scheme: SignatureScheme) { self.scheme = scheme }

    init?(argument: String) {
        guard let scheme = SignatureScheme(rawValue: argument), Self.schemes.contains(scheme) else {
            return nil
        }
        self.scheme = scheme
    }

    var defaultValueDescription: String { scheme.rawValue }
    static let allValueStrings: [String] = schemes.map(\.rawValue)
    /// What every client of the channel accepts, and so no drafts.
    private static let schemes = SignatureScheme.allCases.filter(SignatureScheme.standard.contains)
}
