// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@Suite("Digests")
struct DigestTests {
    @Test(
        "Published vectors: the digest of `abc` (FIPS 180-2, RFC 1321)",
        arguments: [
            (.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (.md5, "900150983cd24fb0d6963f7d28e17f72"),
            (
                .sha512,
                "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                    + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
            ),
        ] as [(DigestAlgorithm, String)]
    )
    func vectors(_ algorithm: DigestAlgorithm, _ hex: String) {
        let digest = Digest.of(Array("abc".utf8), by: algorithm)
        #expect(digest.hex == hex)
        #expect(digest.description == "\(algorithm.rawValue):\(hex)")
        #expect(Digest(algorithm, hex: hex.uppercased()) == digest)
        #expect(digest.bytes.count == algorithm.byteCount)
    }

    @Test("Bytes in pieces give the digest of the whole", arguments: DigestAlgorithm.allCases)
    func streaming(_ algorithm: DigestAlgorithm) {
        let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        for cut in [0, 1, 63, 64, 65, 128, 999, 1000] {
            var stream = StreamingDigest(algorithm)
            stream.update(Array(bytes[..<cut]))
            let early = stream
            stream.update(Array(bytes[cut...]))
            #expect(stream.finish() == Digest.of(bytes, by: algorithm))
            #expect(stream.byteCount == 1000)
            #expect(early.finish() == Digest.of(Array(bytes[..<cut]), by: algorithm))
        }
    }

    @Test("A digest of another length is none", arguments: DigestAlgorithm.allCases)
    func lengths(_ algorithm: DigestAlgorithm) {
        for count in [0, algorithm.byteCount - 1, algorithm.byteCount + 1] {
            #expect(Digest(algorithm, bytes: [UInt8](repeating: 0, count: count)) == nil)
            #expect(Digest(algorithm, hex: String(repeating: "00", count: count)) == nil)
        }
        #expect(Digest(algorithm, hex: String(repeating: "g", count: algorithm.byteCount * 2)) == nil)
    }

    @Test("Digests of two algorithms are never equal")
    func algorithms() throws {
        let bytes = [UInt8](repeating: 0, count: 32)
        #expect(try #require(Digest(.sha256, bytes: bytes)) != Digest.of([], by: .md5))
    }

    @Test("One altered bit is refused, and the refusal shows both digests")
    func check() throws {
        let digest = Digest.of([1, 2, 3])
        try digest.check([1, 2, 3], of: "package")
        do {
            try digest.check([1, 2, 2], of: "package")
            Issue.record("not refused")
        } catch {
            let refusal = error as? Refusal
            #expect(refusal?.codeName == "digest.mismatch")
            #expect(refusal?.expected == digest.description)
            #expect(refusal?.found == Digest.of([1, 2, 2]).description)
        }
    }
}
