// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import DurableFiles
import SigningKeys
import TUF
import TrustCore

struct ChannelDelegateAdd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Demand that a package's maintainers sign its files, or give them other keys.",
        discussion: """
            Needs the offline targets key, for only that key says who signs what, and the online key. From then on clients \
            refuse every file of the package that is not on a list signed by enough of these keys. Give such a list with \
            --list and there is no time in between. Where several people in separate places hold the targets keys, use \
            `root propose --delegate` instead.
            """
    )

    @OptionGroup var channel: ChannelOptions
    @OptionGroup var package: PackageNameArgument

    @Option(
        name: .customLong("key"),
        parsing: .singleValue,
        help: ArgumentHelp("A maintainer's public key; given once for each of them.", valueName: "file"),
        completion: .file()
    )
    var publicKeys: [String]

    @Option(help: ArgumentHelp("How many of the keys must sign.", valueName: "n"))
    var threshold: Int

    @Option(
        help: ArgumentHelp("A list of the package's files that they have signed.", valueName: "file"),
        completion: .file()
    )
    var list: String?

    @Flag(help: "Take out of the index what a first list by new keys does not name.")
    var removeUnlisted = false

    @OptionGroup var targets: TargetsKeyOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        for key in publicKeys { try UsageCheck.path(key, of: "--key") }
        guard Set(publicKeys).count == publicKeys.count else {
            throw ValidationError("--key: each key only once")
        }
        try UsageCheck.path(list, of: "--list")
        guard !publicKeys.isEmpty, (1...publicKeys.count).contains(threshold) else {
            throw ValidationError("--threshold must be from 1 to the number of keys")
        }
    }

    func run() async throws {
        let console = output.console
        let keys = try publicKeys.map { try PublicKeyFile.read($0) }
        // The same key may be in two files.
        guard Set(keys.map { KeyDefinition($0).computedID }).count == keys.count else {
            throw ValidationError("--key: each key only once")
        }
        let bytes = try list.map { try MaintainersListFile.bytes(of: $0) }
        let signers = try await targets.signers(passphraseFile: channel.passphraseFile)
        var channel = try channel.open()
        let change = try await channel.delegate(
            try package.package,
            to: keys,
            threshold: threshold,
            list: bytes,
            removingUnlisted: removeUnlisted,
            signingTargetsBy: signers,
            now: SystemClock.now
        )
        console.say("`\(package.name)` is signed by \(threshold) of \(keys.count) maintainers from now on")
        for key in keys {
            console.say("  \(KeyDefinition(key).computedID.text.prefix(8))  \(key)")
        }
        for file in change.removed {
            console.say("removed `\(file)` from the index: their list does not name it")
        }
        change.signed.forEach { console.say("signed \($0)") }
        if list == nil {
            console.say("clients refuse its files until a list that they have signed is accepted")
            console.say(
                "next: kingsnake channel delegate propose \(self.channel.directory) \(package.name) PACKAGE… --out FILE"
            )
        }
        console.emit(change.json)
    }
}
