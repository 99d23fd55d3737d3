// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Crypto
import CryptoExtras
import TrustCore

/// What it costs to derive an encryption key from a passphrase (scrypt, RFC 7914), as key files write it.
///
/// The numbers come out of a file that somebody may have altered, so they are bounded before memory is used.
struct ScryptParameters: Equatable, Sendable {
    /// What new key files use: 128 MiB, a few tenths of a second.
    static let standard = ScryptParameters(rounds: 1 << 17)
    /// The cheapest derivation a key file may ask for.
    static let weakest = ScryptParameters(rounds: 1 << 14)
    /// The costliest derivation a key file may ask for: 1 GiB.
    static let strongest = ScryptParameters(rounds: 1 << 20, parallelism: 4)
    /// How long salts may be, in bytes.
    static let saltLengths = 16...64

    /// The cost `N`, a power of two.
    let rounds: Int
    /// The block size `r`. Only 8 is in use, and swift-crypto's own memory bound is too tight for larger
    /// ones.
    let blockSize = 8
    /// The parallelism `p`.
    let parallelism: Int

    init(rounds: Int, parallelism: Int = 1) {
        self.rounds = rounds
        self.parallelism = parallelism
    }

    /// Reads the parameters from a key file (`key.kdf-parameters`).
    init(_ fields: JSONFields, weakest: ScryptParameters) throws {
        let (n, r, p) = (try fields.integer("n"), try fields.integer("r"), try fields.integer("p"))
        guard let rounds = Int(exactly: n), let parallelism = Int(exactly: p), r == 8,
            (weakest.rounds...Self.strongest.rounds).contains(rounds), rounds.nonzeroBitCount == 1,
            (1...Self.strongest.parallelism).contains(parallelism)
        else {
            throw Refusal(
                KeyCode.kdfParameters,
                fields.subject,
                expected: "N a power of two from \(weakest.rounds) to \(Self.strongest.rounds), r 8, "
                    + "p from 1 to \(Self.strongest.parallelism)",
                found: "N \(n), r \(r), p \(p)"
            )
        }
        self.init(rounds: rounds, parallelism: parallelism)
    }

    /// How much memory the derivation takes at most, in bytes.
    private var memory: Int { 128 * blockSize * (rounds + parallelism + 4) }

    /// Derives a key of 256 bits.
    func deriveKey(from passphrase: Passphrase, salt: [UInt8]) throws -> SymmetricKey {
        try passphrase.bytes.withBytes { bytes in
            // Said outright: left to itself, BoringSSL stops at 32 MiB.
            try KDF.Scrypt.deriveKey(
                from: bytes,
                salt: salt,
                outputByteCount: 32,
                rounds: rounds,
                blockSize: blockSize,
                parallelism: parallelism,
                maxMemory: memory
            )
        }
    }
}
