// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import Gatekeeper
import Sigstore

/// With which instance of Sigstore somebody signs: options of commands that make attestations, which are
/// verified with the same instance's keys before they are handed out.
struct SigningInstanceOptions: ParsableArguments {
    @OptionGroup var sigstore: SigstoreOptions

    @Option(
        help: ArgumentHelp(
            "Where to sign, as signing_config.v0.2.json. (default: what the instance says)",
            discussion: "With --trusted-root it must be given, for then nothing is asked.",
            valueName: "file"
        ),
        completion: .file(extensions: ["json"])
    )
    var signingConfig: String?

    func validate() throws {
        try UsageCheck.path(signingConfig, of: "--signing-config")
        guard sigstore.trustedRoot == nil || signingConfig != nil else {
            throw ValidationError(
                "--trusted-root says whom to believe, not where to sign: give --signing-config, too"
            )
        }
    }

    /// Where to sign, for whoever signs nothing yet: by what is known here, unless the user asks for an update.
    func config(_ locations: LocationOptions, _ console: Console) async throws -> SigningConfig {
        if let given = try given { return given }
        return try await sigstore.keys(home: locations.homeDirectory, refresh: .never, console)
            .signingConfig()
    }

    /// What the user gave.
    private var given: SigningConfig? {
        get throws {
            try signingConfig.map { try SigningConfig(parsing: SigstoreOptions.read($0), of: $0) }
        }
    }

    /// The instance's keys, and where to sign (`instance.no-signing-config` if nobody says).
    func instance(_ locations: LocationOptions, _ console: Console) async throws -> (
        keys: SigstoreKeys, config: SigningConfig
    ) {
        // What cannot be read is told before anybody is asked.
        let given = try given
        let keys = try await sigstore.keys(home: locations.homeDirectory, console)
        return (keys, try given ?? keys.signingConfig())
    }
}
