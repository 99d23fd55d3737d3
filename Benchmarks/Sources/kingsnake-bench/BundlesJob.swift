// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Sigstore
import TrustCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Verifies the same Sigstore bundle over and over, each time from its bytes.
struct BundlesJob {
    /// The instance's keys, as `trusted_root.json`.
    let root: String
    /// A bundle, or a list of one.
    let file: String
    /// What the package is called.
    let name: String
    /// Its SHA-256.
    let digest: String
    let identity: String
    let issuer: String
    let count: Int

    /// How many were verified, and the seconds, CPU and wall, of the second half of them.
    func run() throws -> String {
        let verifier = BundleVerifier(try TrustedRoot(parsing: TUFInputs.read(root), of: root))
        let bytes = try Self.oneBundle(TUFInputs.read(file), file)
        guard let digest = Digest(.sha256, hex: digest) else {
            throw Failure(.configuration, "the digest is no SHA-256")
        }
        var verified = 0
        var start = Self.spent()
        for number in 0..<count {
            if number == count / 2 { start = Self.spent() }
            let bundle = try verifier.verify(Bundle(parsing: bytes, of: file), of: .digests([digest]))
            guard let signer = bundle.certificate?.certificate, let statement = bundle.statement else {
                continue
            }
            try signer.identity.check(value: identity, issuer: issuer)
            try PublishAttestation(statement).check(fileName: name, sha256: digest)
            verified += 1
        }
        let end = Self.spent()
        return "\(verified) \(end.cpu - start.cpu) \(end.wall - start.wall)"
    }

    private static func oneBundle(_ bytes: [UInt8], _ file: String) throws -> [UInt8] {
        guard bytes.first == UInt8(ascii: "[") else { return bytes }
        return try Sidecar(parsing: bytes, expecting: nil, of: file).bundles.first ?? []
    }

    private static func spent() -> (cpu: Double, wall: Double) {
        (seconds(CLOCK_PROCESS_CPUTIME_ID), seconds(CLOCK_MONOTONIC))
    }

    private static func seconds(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
