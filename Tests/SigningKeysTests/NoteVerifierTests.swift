// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TestSupport
import Testing
import TrustCore

@Suite("Keys that sign notes")
struct NoteVerifierTests {
    private static func verificationKey(_ key: PrivateKey) throws -> VerificationKey {
        try VerificationKey(subjectPublicKeyInfo: key.publicKey.subjectPublicKeyInfo)
    }

    @Test("The id of the key in C2SP's example is the one that stands there")
    func example() throws {
        // `example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k`: name, id, type and key.
        let bytes = try #require(Base64.decode("AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"))
        let key = try PublicKey(ed25519: Array(bytes.dropFirst()))
        let id = NoteKeyID(
            name: "example.com/foo",
            key: try VerificationKey(subjectPublicKeyInfo: key.subjectPublicKeyInfo)
        )
        #expect(id.description == "530d903a")
    }

    @Test("Ids depend on name, type and key as each type has it")
    func ids() throws {
        let edwards = try Self.verificationKey(.generate(.ed25519))
        let raw = Array(edwards.subjectPublicKeyInfo.suffix(32))
        let expected = Digest.of(Array("n\n".utf8) + [1] + raw).bytes.prefix(4)
        #expect(NoteKeyID(name: "n", key: edwards).bytes == Array(expected))
        let witness = Digest.of(Array("n\n".utf8) + [4] + raw).bytes.prefix(4)
        #expect(NoteKeyID(witness: "n", key: edwards)?.bytes == Array(witness))

        let curve = try Self.verificationKey(.generate(.ecdsaP256))
        #expect(NoteKeyID(name: "n", key: curve).bytes == Array(curve.fingerprint.bytes.prefix(4)))
        #expect(NoteKeyID(name: "m", key: curve) == NoteKeyID(name: "n", key: curve))
        #expect(NoteKeyID(witness: "n", key: curve) == nil)
        #expect(NoteVerifier(witness: "n", key: curve) == nil)

        let rsa = try Self.verificationKey(.generate(.rsassaPSSSHA256))
        let text = Array("n\n".utf8) + [0xFF] + Array("PKIX-RSA-PKCS#1v1.5".utf8)
        #expect(
            NoteKeyID(name: "n", key: rsa).bytes
                == Array(Digest.of(text + rsa.subjectPublicKeyInfo).bytes.prefix(4))
        )
    }

    @Test(
        "A note that a key signs is verified by it, and by no other",
        arguments: [SignatureScheme.ed25519, .ecdsaP256]
    )
    func signing(_ scheme: SignatureScheme) throws {
        let key = try PrivateKey.generate(scheme)
        let known = try Self.verificationKey(key)
        var note = try SignedNote(text: "x\n")
        note.add(
            try NoteSignature(
                name: "n",
                keyID: NoteKeyID(name: "n", key: known),
                bytes: try key.sign(Array(note.text.utf8))
            )
        )
        let read = try SignedNote(parsing: note.encoded())
        #expect(throws: Never.self) { try read.verify(by: NoteVerifier(name: "n", key: known)) }
        #expect(
            refusalCode { try read.verify(by: NoteVerifier(name: "m", key: known)) } == "note.signer-name"
        )
        let other = try Self.verificationKey(.generate(scheme))
        #expect(refusalCode { try read.verify(by: NoteVerifier(name: "n", key: other)) } == "note.signer-key")
        // Somebody else's key under an id that it does not have.
        let posing = NoteVerifier(name: "n", key: other, otherKeyIDs: [NoteKeyID(name: "n", key: known)])
        #expect(refusalCode { try read.verify(by: posing) } == "note.signature")
    }

    @Test("A witness's signature is verified with its time, and is none of the log's")
    func cosigning() throws {
        let key = try PrivateKey.generate(.ed25519)
        let known = try Self.verificationKey(key)
        let verifier = try #require(NoteVerifier(witness: "w", key: known))
        func note(at time: Int64, signedAt signed: Int64) throws -> SignedNote {
            var note = try SignedNote(text: "x\n")
            let message = Cosignature.message(for: Array(note.text.utf8), at: Timestamp(seconds: signed))
            let cosignature = try #require(
                Cosignature(time: Timestamp(seconds: time), signature: try key.sign(message))
            )
            let id = try #require(NoteKeyID(witness: "w", key: known))
            note.add(try NoteSignature(name: "w", keyID: id, bytes: cosignature.encoded))
            return note
        }
        #expect(throws: Never.self) { try note(at: 5, signedAt: 5).verify(by: verifier) }
        #expect(refusalCode { try note(at: 6, signedAt: 5).verify(by: verifier) } == "note.signature")
        #expect(
            refusalCode { try note(at: 5, signedAt: 5).verify(by: NoteVerifier(name: "w", key: known)) }
                == "note.signer-key"
        )
    }
}
