// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// What trusted metadata promises about one file, and who promises it.
public struct TargetDescription: Sendable, Equatable {
    /// The path below the target URL.
    public let path: TargetPath
    /// Length, digests, and whatever the repository adds.
    public let file: TargetFile
    /// The roles from the top-level `targets` down to the one that vouches for the file.
    public let chain: [RoleName]

    /// The role that vouches for the file.
    public var role: RoleName { chain.last ?? .targets }

    init(path: TargetPath, file: TargetFile, chain: [RoleName]) {
        self.path = path
        self.file = file
        self.chain = chain
    }

    /// Refuses other bytes than the promised ones (`tuf.target-length`, `tuf.target-hash`).
    public func verify(_ bytes: [UInt8]) throws {
        try verify(length: UInt64(bytes.count))
        if let (expected, found) = file.hashes.mismatch(in: bytes) { throw mismatch(expected, found) }
    }

    /// Refuses a file of another length, or another digest by the same hash function; for files that were
    /// digested while they passed by. A digest by a function that the metadata does not promise is refused as
    /// well.
    public func verify(length: UInt64, digest: Digest) throws {
        try verify(length: length)
        let expected = file.hashes.digest(by: digest.algorithm)
        guard digest == expected else { throw mismatch(expected ?? file.hashes.digests[0], digest) }
    }

    private func verify(length: UInt64) throws {
        guard length != file.length else { return }
        throw Refusal(
            TUFCode.targetLength,
            path.text,
            expected: "\(file.length) bytes",
            found: "\(length) bytes"
        )
    }

    private func mismatch(_ expected: Digest, _ found: Digest) -> Refusal {
        Refusal(TUFCode.targetHash, path.text, expected: "\(expected)", found: "\(found)")
    }
}
