// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ContentTrust
import SigningKeys

/// Public keys that others have made, and the file of the proposal that names them.
struct GivenTrustKeys: ParsableArguments {
    @Option(
        name: .customLong("authority"),
        parsing: .singleValue,
        help: ArgumentHelp(
            "The public key file of an authority of the root; once for each.",
            valueName: "file"
        ),
        completion: .file()
    )
    var authorities: [String] = []

    @Option(
        name: .customLong("key-manager"),
        parsing: .singleValue,
        help: ArgumentHelp(
            "That of somebody who says which keys sign records; once for each.",
            valueName: "file"
        ),
        completion: .file()
    )
    var keyManagers: [String] = []

    @Option(
        name: .customLong("package-key"),
        parsing: .singleValue,
        help: ArgumentHelp("A public key file that signs records in full; once for each.", valueName: "file"),
        completion: .file()
    )
    var packageKeys: [String] = []

    @Option(
        name: .customLong("mamba-package-key"),
        parsing: .singleValue,
        help: ArgumentHelp("One that signs records in mamba's form; once for each.", valueName: "file"),
        completion: .file()
    )
    var mambaPackageKeys: [String] = []

    @Option(help: ArgumentHelp("The file of the new proposal.", valueName: "file"), completion: .file())
    var propose: String?

    var isGiven: Bool { propose != nil }

    func validate(_ profile: TrustProfile) throws {
        let all = authorities + keyManagers + packageKeys + mambaPackageKeys
        for path in all + [propose].compactMap({ $0 }) { try UsageCheck.path(path, of: "the name of a file") }
        guard propose != nil else {
            guard all.isEmpty else {
                throw ValidationError("public keys are for a proposal: give --propose FILE too")
            }
            return
        }
        guard !authorities.isEmpty, !keyManagers.isEmpty else {
            throw ValidationError("a proposal needs --authority FILE and --key-manager FILE")
        }
        guard packageKeys.isEmpty != profile.forms.contains(.full),
            mambaPackageKeys.isEmpty != profile.forms.contains(.mamba)
        else {
            throw ValidationError(
                "the profile \(profile.rawValue) needs keys for \(profile.forms.map(\.words).joined(separator: " and ")), and no others"
            )
        }
    }

    func draft() throws -> TrustDraft {
        var draft = TrustDraft()
        for file in authorities { try draft.add(PublicKeyFile.read(file), to: .root) }
        for file in keyManagers { try draft.add(PublicKeyFile.read(file), to: .keyManager) }
        for file in packageKeys { try draft.add(PublicKeyFile.read(file), to: .packageManager) }
        for file in mambaPackageKeys {
            try draft.add(PublicKeyFile.read(file), to: .packageManager, signing: .mamba)
        }
        return draft
    }
}

extension RecordForm {
    /// The option that names a key for it.
    fileprivate var words: String { self == .full ? "--package-key" : "--mamba-package-key" }
}
