// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import TestSupport
import TrustCore

@testable import SigningKeys

/// Tokens in software, by SoftHSM2, in a folder of their own. One folder for all tests of a process, since
/// SoftHSM2 reads its settings once.
enum SoftToken {
    /// Whether SoftHSM2 is here.
    static let isPresent = SoftHSM.isPresent
    /// What a skipped test says.
    static let absence = SoftHSM.absence

    /// The PIN of every token.
    static let pin = "1234-Δ"
    /// Tokens by these labels: `main` is for keys, `closed` has none and nobody logs in to it, and two are
    /// `twin`.
    static let labels = ["main", "closed", "twin", "twin"]

    /// Makes the tokens at the first call.
    ///
    /// - Returns: a URI of a token or of a key on it.
    static func uri(_ path: String) throws -> PKCS11URI {
        _ = try prepared.get()
        return try PKCS11URI("pkcs11:\(path)?module-path=\(SoftHSM.module ?? "")")
    }

    /// Gives the PIN, and fails for anything else than a token.
    static let passphrase: PassphraseSource = { name in
        guard name.hasPrefix("token ") else { throw Failure(.configuration, "asked for \(name)") }
        return try Passphrase(pin)
    }

    private static let prepared: Result<TemporaryFolder, any Error> = Result {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: folder.path + "/tokens",
            withIntermediateDirectories: false
        )
        let settings =
            "directories.tokendir = \(folder.path)/tokens\nobjectstore.backend = file\nlog.level = ERROR\n"
        setenv("SOFTHSM2_CONF", try folder.write(Array(settings.utf8), to: "softhsm2.conf"), 1)
        for label in labels {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: SoftHSM.tool ?? "")
            process.arguments = [
                "--init-token", "--free", "--label", label, "--pin", pin, "--so-pin", "5678",
            ]
            process.standardOutput = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            guard process.terminationStatus == 0 else {
                throw Failure(.configuration, "softhsm2-util could not make a token")
            }
        }
        atexit { SoftToken.remove() }
        return folder
    }

    private static func remove() {
        if let folder = try? prepared.get() { try? FileManager.default.removeItem(atPath: folder.path) }
    }
}
