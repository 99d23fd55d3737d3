// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import CondaFormats
import SigningKeys
import TrustCore

struct ChannelDelegate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delegate",
        abstract:
            "Let packages be signed by their maintainers' own keys, and not by the channel's online key.",
        discussion: """
            For the packages you choose, the channel's offline targets key says whose keys must sign each file, and how many \
            of them. Whoever breaks into the server, or steals the online key, cannot forge these packages. The maintainers \
            sign a list of the package's files, on machines of their own; the server publishes it.
            """,
        subcommands: [
            ChannelDelegateAdd.self, ChannelDelegateRemove.self, ChannelDelegateList.self,
            ChannelDelegateKey.self, ChannelDelegatePropose.self, ChannelDelegateSign.self,
            ChannelDelegateAccept.self,
        ]
    )
}

/// The name of a package on the command line.
struct PackageNameArgument: ParsableArguments {
    @Argument(help: ArgumentHelp("The package's name.", valueName: "name"))
    var name: String

    var package: PackageName { get throws { try PackageName(name) } }

    func validate() throws {
        let package = try UsageCheck.value(name) { try PackageName($0) }
        guard !package.isVirtual else { throw ValidationError("`\(name)` is a virtual package") }
    }
}

/// Targets keys that are not in the folder of keys.
struct TargetsKeyOptions: ParsableArguments {
    @Option(
        name: .customLong("targets-key"),
        parsing: .singleValue,
        help: ArgumentHelp(
            stringLiteral: "A targets key that is not in the folder of keys; may be given several times. "
                + AuthorityKey.help
        ),
        completion: .file()
    )
    var targetsKeys: [String] = []

    func validate() throws {
        for key in targetsKeys { try UsageCheck.path(key, of: "--targets-key") }
    }

    /// Opens the keys.
    func signers(passphraseFile: String?) async throws -> [any Signer] {
        var signers: [any Signer] = []
        for key in targetsKeys {
            signers.append(try await AuthorityKey.signer(key, passphraseFile: passphraseFile))
        }
        return signers
    }
}
