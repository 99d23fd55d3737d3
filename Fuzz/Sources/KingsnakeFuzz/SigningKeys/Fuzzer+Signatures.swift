// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TrustCore

extension Fuzzer {
    /// Signatures: bytes from nowhere, and genuine ones with some bytes changed. None of them is valid.
    static let signatures = Fuzzer("signatures") { bytes in
        var parts = InputParts(bytes)
        let genuine = GenuineSignature.all[Int(parts.byte()) % GenuineSignature.all.count]
        var signature = genuine.bytes
        var message = GenuineSignature.message
        if parts.byte() & 1 == 0 {
            while !parts.isAtEnd { change(&signature, &message, &parts) }
        } else {
            signature = parts.remainder
        }
        let isGenuine = signature == genuine.bytes && message == GenuineSignature.message
        Finding.unlessEqual(
            genuine.key.isValid(signature: signature, for: message),
            isGenuine,
            "whether a \(genuine.key.scheme) signature is valid"
        )
    }

    private static func change(
        _ signature: inout [UInt8],
        _ message: inout [UInt8],
        _ parts: inout InputParts
    ) {
        let at = Int(parts.byte()) | Int(parts.byte() & 1) << 8
        switch parts.byte() {
        case 0: if at < message.count { message[at] ^= parts.byte() }
        case 1: if at < signature.count { signature[at] ^= parts.byte() }
        case 2: if at < signature.count { signature.remove(at: at) }
        case 3: if at <= signature.count { signature.insert(parts.byte(), at: at) }
        default: message.append(parts.byte())
        }
    }

    /// The threshold: no list of signatures counts for more than the different keys that made genuine ones.
    static let threshold = Fuzzer("threshold") { bytes in
        var parts = InputParts(bytes)
        let threshold = Int(Int8(bitPattern: parts.byte()))
        var keys: [(keyID: String, key: PublicKey)] = []
        for _ in 0..<Int(parts.byte() % 8) {
            keys.append((keyID(parts.byte()), GenuineSignature.all[Int(parts.byte() % 4)].key))
        }
        var signatures: [Signature] = []
        var genuine: Set<PublicKey> = []
        while !parts.isAtEnd, signatures.count < 8 {
            let id = keyID(parts.byte())
            let made = GenuineSignature.all[Int(parts.byte() % 4)]
            let isAltered = parts.byte() & 1 == 1
            signatures.append(
                Signature(keyID: id, bytes: isAltered ? Array(made.bytes.dropLast()) : made.bytes)
            )
            let isListed = keys.contains { ByteKey($0.keyID) == ByteKey(id) && $0.key == made.key }
            if !isAltered, isListed { genuine.insert(made.key) }
        }
        let message = GenuineSignature.message
        let tally = try Threshold.tally(signatures, over: message, keys: keys, subject: "input")
        Finding.unlessEqual(tally.keyIDs.count, genuine.count, "how many have signed")
        let verified = try Finding.accepted {
            try Threshold.check(signatures, over: message, keys: keys, threshold: threshold, subject: "input")
        }
        Finding.unlessEqual(
            verified != nil,
            threshold >= 1 && genuine.count >= threshold,
            "whether the threshold is met"
        )
    }

    /// Ids of which some look alike and are not: `e` with an accent, in one character and in two.
    private static func keyID(_ number: UInt8) -> String {
        ["a", "b", "\u{E9}", "e\u{301}", "A", "", "a\u{0}", "c"][Int(number % 8)]
    }
}
