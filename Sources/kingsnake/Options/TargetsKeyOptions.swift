// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import SigningKeys

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
