// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Crypto

/// The hashes that transparency logs' trees are made of: SHA-256, leaves and nodes kept apart (RFC 6962,
/// section 2.1).
public enum MerkleHash {
    /// The length of a hash, in bytes.
    public static let byteCount = 32

    /// The root of a tree without leaves.
    public static let empty: [UInt8] = Array(SHA256.hash(data: [UInt8]()))

    /// The hash of a leaf with this content.
    public static func leaf(_ content: [UInt8]) -> [UInt8] {
        // Without the marks, a node's two hashes could be passed off as a leaf's content.
        Array(SHA256.hash(data: [0x00] + content))
    }

    /// The hash of the node above two others.
    public static func node(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] {
        Array(SHA256.hash(data: [0x01] + left + right))
    }
}
