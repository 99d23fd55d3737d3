// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// The services of an instance that a signature is made with, chosen by its signing configuration at a time.
public struct SigningServices: Sendable {
    /// The authority that is asked for a certificate; nil where a key signs that verifiers know.
    public let certificateAuthority: SigningConfig.Service?
    /// The logs that the signature goes into: at least one.
    public let logs: [SigningConfig.Service]
    /// The authorities that stamp the signature.
    public let timestampAuthorities: [SigningConfig.Service]

    /// Chooses them.
    ///
    /// - Throws: `trust-root.services` if there are too few, or a `Failure` if what there is can make no bundle that
    ///   shows a time.
    public init(_ config: SigningConfig, at moment: Moment, certified: Bool) throws {
        certificateAuthority = certified ? try config.certificateAuthority(at: moment) : nil
        logs = try config.transparencyLogs(at: moment)
        timestampAuthorities = try config.timestampAuthorities(at: moment)
        guard !timestampAuthorities.isEmpty || logs.contains(where: { !Self.isOfTiles($0) }) else {
            throw Failure(
                .configuration,
                "the signing configuration names no timestamp authority, and its logs say no time",
                remedy: "add a timestamp authority, or a log of the first generation"
            )
        }
    }

    /// Whether a log is of the second generation.
    static func isOfTiles(_ log: SigningConfig.Service) -> Bool { log.majorAPIVersion == 2 }
}
