// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// The file that a bundle is to be about.
public struct Artifact: Sendable {
    /// Its bytes, which keys without a hash function sign; nil if only digests are known.
    let bytes: [UInt8]?
    private let known: [Digest]

    /// A file in memory. Its SHA-256, which every bundle asks for more than once, is computed here.
    public static func bytes(_ bytes: [UInt8]) -> Artifact {
        Artifact(bytes: bytes, known: [Digest.of(bytes)])
    }

    /// A file by its digests, each by another hash function.
    public static func digests(_ digests: [Digest]) -> Artifact { Artifact(bytes: nil, known: digests) }

    /// Its digest by a hash function; nil if that was not given.
    func digest(by algorithm: DigestAlgorithm) -> Digest? {
        known.first { $0.algorithm == algorithm } ?? bytes.map { Digest.of($0, by: algorithm) }
    }
}
