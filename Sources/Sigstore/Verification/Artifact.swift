// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// The file that a bundle is to be about.
public enum Artifact: Sendable {
    /// Its bytes.
    case bytes([UInt8])
    /// Its digests, each by another hash function.
    case digests([Digest])

    /// Its digest by a hash function; nil if that was not given.
    func digest(by algorithm: DigestAlgorithm) -> Digest? {
        switch self {
        case .bytes(let bytes): Digest.of(bytes, by: algorithm)
        case .digests(let digests): digests.first { $0.algorithm == algorithm }
        }
    }
}
