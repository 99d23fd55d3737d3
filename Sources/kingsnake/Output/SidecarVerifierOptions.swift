// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import DurableFiles
import Sigstore
import TrustCore

/// Whose word counts on who signed attestations, for commands that publish.
struct SidecarVerifierOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The keys of the instance of Sigstore that attestations are verified with, as trusted_root.json. (default: the public instance's)",
            valueName: "file"
        ),
        completion: .file(extensions: ["json"])
    )
    var trustedRoot: String?

    func validate() throws { try UsageCheck.path(trustedRoot, of: "--trusted-root") }

    var verifier: SidecarVerifier {
        get throws {
            guard let trustedRoot else { return try .publicGood() }
            let limit = BundleInspection.rootLimit
            guard let bytes = try DurableFile.read(trustedRoot, maximumLength: limit) else {
                throw Failure(.disk, "there is no such file", at: trustedRoot)
            }
            return SidecarVerifier(try TrustedRoot(parsing: bytes, of: trustedRoot))
        }
    }
}
