// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ChannelServer
import TrustPolicy

/// What became of attestations when a channel was changed, and what somebody should look at, for people.
enum ChannelChangeReport {
    static func say(attestationsOf change: ChannelChange, on console: Console) {
        for file in change.attested { console.say("published the attestations of `\(file)`") }
        change.warnings.forEach { console.warn("\($0)") }
    }
}

extension SignedChannel {
    /// Verifies attestations as the command line says.
    ///
    /// What is wrong with the owner's policy is told where it is read to be kept.
    mutating func use(_ options: SigstoreOptions, _ console: Console, awaiting: Bool = false) async throws {
        let verifier = try await options.verifier(console, for: (try? publisherPolicy())?.channel)
        attestationVerifier = { verifier }
        awaitsAttestations = awaiting
    }
}
