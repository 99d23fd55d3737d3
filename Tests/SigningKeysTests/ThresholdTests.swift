// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TestSupport
import Testing
import TrustCore

@Suite("The threshold")
struct ThresholdTests {
    private let message = Array("the signed bytes".utf8)
    private let alice: PrivateKey
    private let bob: PrivateKey
    private let carol: PrivateKey
    private let keys: [(keyID: String, key: PublicKey)]

    init() throws {
        (alice, bob, carol) = (
            try .generate(.ed25519), try .generate(.ecdsaP256), try .generate(.ed25519)
        )
        keys = [("alice", alice.publicKey), ("bob", bob.publicKey), ("carol", carol.publicKey)]
    }

    private func signature(_ keyID: String, by key: PrivateKey) throws -> Signature {
        Signature(keyID: keyID, bytes: try key.sign(message))
    }

    private func code(
        _ signatures: [Signature],
        keys: [(keyID: String, key: PublicKey)]? = nil,
        threshold: Int
    ) -> String? {
        refusalCode {
            try Threshold.check(
                signatures,
                over: message,
                keys: keys ?? self.keys,
                threshold: threshold,
                subject: "root metadata"
            )
        }
    }

    @Test("Enough valid signatures pass, and the result names who counted")
    func met() throws {
        let signatures = [try signature("carol", by: carol), try signature("alice", by: alice)]
        let verified = try Threshold.check(
            signatures,
            over: message,
            keys: keys,
            threshold: 2,
            subject: "root metadata"
        )
        #expect(verified.keyIDs == ["carol", "alice"])
        #expect(verified.threshold == 2)
    }

    @Test("One signature too few is refused")
    func notMet() throws {
        let signatures = [try signature("carol", by: carol), try signature("alice", by: alice)]
        #expect(code(signatures, threshold: 3) == "signature.threshold-not-met")
        #expect(code([signatures[0]], threshold: 2) == "signature.threshold-not-met")
    }

    @Test("A threshold above the number of keys is never met")
    func tooFewKeys() throws {
        let all = [
            try signature("alice", by: alice), try signature("bob", by: bob),
            try signature("carol", by: carol),
        ]
        #expect(code(all, threshold: 4) == "signature.threshold-not-met")
        #expect(code(all, threshold: .max) == "signature.threshold-not-met")
    }

    @Test("A threshold below one is refused, even with good signatures", arguments: [0, -1, Int.min])
    func belowOne(threshold: Int) throws {
        #expect(
            code([try signature("alice", by: alice)], threshold: threshold) == "signature.threshold-invalid"
        )
        #expect(code([], threshold: threshold) == "signature.threshold-invalid")
    }

    @Test("Two signatures under one key id are refused, even where the threshold is met")
    func duplicateSignatures() throws {
        let one = try signature("alice", by: alice)
        #expect(code([one, one], threshold: 2) == "signature.duplicate-key-id")
        #expect(code([one, one], threshold: 1) == "signature.duplicate-key-id")
        #expect(
            code([one, Signature(keyID: "alice", bytes: [])], threshold: 1) == "signature.duplicate-key-id"
        )
        let unknown = Signature(keyID: "mallory", bytes: [])
        #expect(code([one, unknown, unknown], threshold: 1) == "signature.duplicate-key-id")
    }

    @Test("One key under two ids counts once (GHSA-3633-5h82-39pq)")
    func oneKeyTwoIDs() throws {
        let again = try PublicKey(
            tufKeyType: "ed25519",
            scheme: "ed25519",
            publicValue: alice.publicKey.tufPublicValue.uppercased()
        )
        let keys = [(keyID: "alice", key: alice.publicKey), (keyID: "alias", key: again)]
        let signatures = [try signature("alice", by: alice), try signature("alias", by: alice)]
        #expect(code(signatures, keys: keys, threshold: 2) == "signature.threshold-not-met")
        let tally = try Threshold.tally(signatures, over: message, keys: keys, subject: "root metadata")
        #expect(tally.entries.map(\.outcome) == [.counted, .sameKey(as: "alice")])
        #expect(tally.authorisedKeyCount == 1)
    }

    @Test("One key in the spellings of several key types counts once")
    func oneKeyManySpellings() throws {
        let key = try KeyVector.p256.privateKey()
        let scheme = "ecdsa-sha2-nistp256"
        let keys: [(keyID: String, key: PublicKey)] = [
            ("a", try tufKey("ecdsa", scheme, KeyVector.p256["publicPEM"])),
            ("b", try tufKey(scheme, scheme, KeyVector.p256["point"])),
            ("c", try tufKey("ecdsa", scheme, KeyVector.p256["compressedPoint"])),
        ]
        let signatures = try keys.map { try signature($0.keyID, by: key) }
        #expect(code(signatures, keys: keys, threshold: 1) == nil)
        #expect(code(signatures, keys: keys, threshold: 2) == "signature.threshold-not-met")
    }

    @Test("A wrong signature under the first id does not shadow a good one under the second")
    func notShadowed() throws {
        let keys = [(keyID: "alice", key: alice.publicKey), (keyID: "alias", key: alice.publicKey)]
        let signatures = [Signature(keyID: "alice", bytes: [1]), try signature("alias", by: alice)]
        #expect(code(signatures, keys: keys, threshold: 1) == nil)
    }

    @Test("A key listed several times under one id counts once")
    func listedAgain() throws {
        let keys = Array(repeating: (keyID: "alice", key: alice.publicKey), count: 9)
        #expect(code([try signature("alice", by: alice)], keys: keys, threshold: 1) == nil)
        #expect(
            code([try signature("alice", by: alice)], keys: keys, threshold: 2)
                == "signature.threshold-not-met"
        )
    }

    @Test("One id for two keys is refused")
    func ambiguous() throws {
        let keys = [(keyID: "x", key: alice.publicKey), (keyID: "x", key: bob.publicKey)]
        #expect(
            code([try signature("x", by: alice)], keys: keys, threshold: 1) == "signature.ambiguous-key-id"
        )
    }

    @Test("Keys that were made ready before count just the same, as often as they are asked")
    func madeReady() throws {
        let ready = try AuthorisedKeys(keys + [keys[0]], subject: "records")
        #expect(ready.count == keys.count)
        let good = try signature("alice", by: alice)
        for _ in 0..<2 {
            let verified = try Threshold.check(
                [(good, message)],
                keys: ready,
                threshold: 1,
                subject: "a record"
            )
            #expect(verified.keyIDs == ["alice"])
        }
        let few = #expect(throws: Refusal.self) {
            try Threshold.check([(good, message)], keys: ready, threshold: 2, subject: "a record")
        }
        #expect(few?.codeName == "signature.threshold-not-met")
        let none = #expect(throws: Refusal.self) {
            try Threshold.check([], keys: ready, threshold: 0, subject: "a record")
        }
        #expect(none?.codeName == "signature.threshold-invalid")
    }

    @Test("Unknown, wrong and empty signatures are skipped where others suffice")
    func skipped() throws {
        let signatures = [
            Signature(keyID: "mallory", bytes: try carol.sign(message)),
            Signature(keyID: "alice", bytes: []),
            Signature(keyID: "carol", bytes: try alice.sign(message)),
            try signature("bob", by: bob),
        ]
        #expect(code(signatures, threshold: 1) == nil)
        let tally = try Threshold.tally(signatures, over: message, keys: keys, subject: "root metadata")
        #expect(tally.entries.map(\.outcome) == [.unknownKey, .empty, .wrong, .counted])
        #expect(
            tally.description == "1 (not authorised `mallory`, empty `alice`, wrong `carol`, valid `bob`)"
        )
    }

    @Test("No signatures at all are called missing; only bad ones are not")
    func missing() {
        #expect(code([], threshold: 1) == "signature.missing")
        #expect(code([Signature(keyID: "alice", bytes: [])], threshold: 1) == "signature.threshold-not-met")
        #expect(code([], keys: [], threshold: 1) == "signature.missing")
    }

    @Test("Key ids are compared as bytes")
    func byteKeys() throws {
        // The same text to Unicode, composed and decomposed.
        let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")
        let keys = [(keyID: composed, key: alice.publicKey)]
        #expect(
            code([try signature(decomposed, by: alice)], keys: keys, threshold: 1)
                == "signature.threshold-not-met"
        )
        let two = [try signature(composed, by: alice), try signature(decomposed, by: alice)]
        #expect(code(two, keys: keys, threshold: 1) == nil)
    }

    @Test("A signature over other bytes does not count")
    func otherMessage() throws {
        let signature = Signature(keyID: "alice", bytes: try alice.sign(Array("something else".utf8)))
        #expect(code([signature], threshold: 1) == "signature.threshold-not-met")
    }

    @Test("The refusal tells who signed, who did not, and how many are needed")
    func told() throws {
        let signatures = [try signature("alice", by: alice), Signature(keyID: "bo\u{1B}b\n", bytes: [1])]
        do {
            try Threshold.check(signatures, over: message, keys: keys, threshold: 2, subject: "root metadata")
            Issue.record("not refused")
        } catch let refusal as Refusal {
            #expect(refusal.expected == "2 valid signatures of 3 authorised keys")
            #expect(refusal.found == "1 (valid `alice`, not authorised `bo?b?`)")
        }
    }
}
