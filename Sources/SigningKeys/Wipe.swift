// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// Overwrites secrets that passed through memory of ours.
///
/// Best effort: copies that Swift made on the way, and pages that were swapped out, are out of reach.
enum Wipe {
    /// Overwrites the bytes with zeros and empties the array.
    @inline(never)
    static func bytes(_ bytes: inout [UInt8]) {
        for at in bytes.indices { bytes[at] = 0 }
        blackHole(bytes)
        bytes = []
    }

    /// Hands a copy of the bytes to a function that must not keep it, and overwrites the copy.
    static func passing<Result>(
        _ bytes: ArraySlice<UInt8>,
        to body: ([UInt8]) throws -> Result
    ) rethrows -> Result {
        var copy = bytes.map { $0 }
        defer { Wipe.bytes(&copy) }
        return try body(copy)
    }

    /// Keeps the optimiser from concluding that nobody reads the zeros.
    @inline(never) @_optimize(none)
    private static func blackHole(_ bytes: [UInt8]) {}
}
