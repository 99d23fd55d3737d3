// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Crypto
internal import Foundation

/// The roots of a log, from its entries (RFC 6962, section 2.1): written anew here, so that it shares no
/// mistake with the server's own tree.
struct LogLeaves {
    /// Complete subtrees from left to right: how many leaves they have, and their hashes.
    private var subtrees: [(leaves: Int, hash: [UInt8])] = []
    private(set) var count = 0

    mutating func append(_ entry: [UInt8]) {
        count += 1
        subtrees.append((1, Self.hash([0] + entry)))
        while subtrees.count > 1, subtrees[subtrees.count - 2].leaves == subtrees[subtrees.count - 1].leaves {
            let right = subtrees.removeLast(), left = subtrees.removeLast()
            subtrees.append((left.leaves * 2, Self.hash([1] + left.hash + right.hash)))
        }
    }

    var root: [UInt8] {
        guard var hash = subtrees.last?.hash else { return Self.hash([]) }
        for subtree in subtrees.dropLast().reversed() { hash = Self.hash([1] + subtree.hash + hash) }
        return hash
    }

    private static func hash(_ bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: bytes)) }
}
