// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Crypto

/// EMSA-PSS with SHA-256 and MGF1 with SHA-256 (RFC 8017, 9.1), for salts of any length.
///
/// swift-crypto checks signatures whose salt is as long as the digest. Some hardware makes the longest salt
/// that fits, some software none; the standard lets a verifier find the length in the signature (9.1.2 steps
/// 9 and 10), which costs no security: the digest covers the salt.
enum PSSEncoding {
    private static let digestLength = 32

    /// Whether the encoded message, which the public operation gave back, was made for this digest.
    ///
    /// - Parameter bits: one less than the modulus has.
    static func isConsistent(_ representative: [UInt8], bits: Int, digest: [UInt8]) -> Bool {
        // The representative is as long as the modulus; the encoding may be one byte shorter (8.1.2 step 2c).
        let length = (bits + 7) / 8
        let surplus = representative.count - length
        guard surplus >= 0, representative.prefix(surplus).allSatisfy({ $0 == 0 }) else { return false }
        let encoded = representative.dropFirst(surplus)
        // Steps 3 and 4: room for the digest and the trailer.
        guard length >= digestLength + 2, encoded.last == 0xBC else { return false }
        // Steps 5 to 9: the mask off; the bits that the modulus has no room for must be zero.
        let masked = encoded.prefix(length - digestLength - 1)
        let hash = encoded.dropFirst(masked.count).prefix(digestLength)
        let unused = 8 * length - bits
        guard let first = masked.first, unused == 0 || first >> UInt8(8 - unused) == 0 else { return false }
        var block = zip(masked, mask(seed: hash, length: masked.count)).map { $0 ^ $1 }
        block[0] &= 0xFF >> UInt8(unused)
        // Step 10: zeros, a one, and all that follows is the salt.
        guard let one = block.firstIndex(where: { $0 != 0 }), block[one] == 1 else { return false }
        let salt = block[(one + 1)...]
        // Steps 12 to 14.
        return SHA256.hash(data: [UInt8](repeating: 0, count: 8) + digest + salt).elementsEqual(hash)
    }

    /// MGF1 (RFC 8017, B.2.1).
    private static func mask(seed: some Collection<UInt8>, length: Int) -> [UInt8] {
        var mask: [UInt8] = []
        mask.reserveCapacity(length + digestLength)
        var counter: UInt32 = 0
        while mask.count < length {
            mask += SHA256.hash(data: Array(seed) + withUnsafeBytes(of: counter.bigEndian) { Array($0) })
            counter += 1
        }
        return Array(mask.prefix(length))
    }
}
