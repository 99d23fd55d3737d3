// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// The checks on Ed25519 key bytes that need no curve arithmetic.
enum Ed25519Point {
    /// Refuses bytes that are a second spelling of a point, and the eight points of small order.
    ///
    /// A key in two spellings would count twice. With a key of small order, a signature can be made that
    /// holds for many messages by somebody who has no private key.
    static func check(_ bytes: [UInt8]) throws {
        var y = bytes
        y[31] &= 0x7F  // The top bit is the sign of x.
        guard isBelowPrime(y) else {
            throw PublicKeyMaterial.malformed("a canonical Ed25519 point (RFC 8032, 5.1.3)")
        }
        guard !smallOrder.contains(y) else {
            throw Refusal(KeyCode.tooWeak, PublicKey.subject, expected: "an Ed25519 point of large order")
        }
    }

    /// Whether a little-endian number below 2^255 is below 2^255 - 19.
    private static func isBelowPrime(_ y: [UInt8]) -> Bool {
        !(y[0] >= 0xED && y[1..<31].allSatisfy { $0 == 0xFF } && y[31] == 0x7F)
    }

    /// The y coordinates of the points of order 1, 2, 4 and 8.
    private static let smallOrder: Set<[UInt8]> = [
        [1] + Array(repeating: 0, count: 31),
        [0xEC] + Array(repeating: 0xFF, count: 30) + [0x7F],
        Array(repeating: 0, count: 32),
        Hex.decode("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05") ?? [],
        Hex.decode("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a") ?? [],
    ]
}
