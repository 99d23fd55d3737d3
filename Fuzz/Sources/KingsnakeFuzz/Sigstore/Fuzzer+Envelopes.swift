// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import Sigstore
import TrustCore

extension Fuzzer {
    /// An envelope: the type up to a line end, then the payload. What is signed says both, and nothing else does.
    static let envelopes = Fuzzer("envelope") { bytes in
        var parts = InputParts(bytes)
        let type = String(decoding: parts.part(endingAt: 0x0A), as: UTF8.self)
        let payload = parts.remainder
        let encoded = DSSE.preAuthenticationEncoding(payloadType: type, payload: payload)
        let read = parse(encoded)
        Finding.unless(read?.type == Array(type.utf8) && read?.payload == payload, "what is signed is said")
        // The same bytes, cut elsewhere.
        if let first = payload.first,
            let other = String(validating: Array(type.utf8) + [first], as: UTF8.self)
        {
            let moved = DSSE.preAuthenticationEncoding(
                payloadType: other,
                payload: Array(payload.dropFirst())
            )
            Finding.unless(moved != encoded, "two envelopes are signed by one signature")
        }
        let envelope = Bundle.Envelope(payload: payload, payloadType: type, signature: [0])
        let isKnown = Array(type.utf8) == Array(Statement.payloadType.utf8)
        guard let statement = try Finding.accepted({ try Statement(in: envelope) }) else { return }
        Finding.unless(isKnown, "a statement of another type of payload")
        let same = Finding.ifRefused("a statement is refused without its envelope") {
            try Statement(parsing: payload)
        }
        Finding.unlessEqual(same.predicateType, statement.predicateType, "the type of predicate")
        for subject in statement.subjects {
            for algorithm in [DigestAlgorithm.sha256, .sha384, .sha512] {
                guard let digest = subject.digest(algorithm) else { continue }
                let isSaid = subject.digests.contains {
                    Array($0.algorithm.utf8) == Array(algorithm.rawValue.utf8)
                        && Array($0.value.utf8) == Array(digest.hex.utf8)
                }
                Finding.unless(isSaid, "a digest that nobody said")
            }
        }
    }

    /// The parts of what is signed, read as plainly as possible (DSSE, protocol).
    private static func parse(_ bytes: [UInt8]) -> (type: [UInt8], payload: [UInt8])? {
        var rest = bytes[...]
        let mark = Array("DSSEv1 ".utf8)
        guard rest.starts(with: mark) else { return nil }
        rest = rest.dropFirst(mark.count)
        func counted() -> [UInt8]? {
            let digits = rest.prefix { $0 != 0x20 }
            guard let count = Int(String(decoding: digits, as: UTF8.self)) else { return nil }
            rest = rest.dropFirst(digits.count + 1)
            guard count <= rest.count else { return nil }
            defer { rest = rest.dropFirst(count) }
            return Array(rest.prefix(count))
        }
        guard let type = counted(), rest.first == 0x20 else { return nil }
        rest = rest.dropFirst()
        guard let payload = counted(), rest.isEmpty else { return nil }
        return (type, payload)
    }
}
