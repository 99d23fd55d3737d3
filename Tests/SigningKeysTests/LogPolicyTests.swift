// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TestSupport
import Testing
import TrustCore

@Suite("Policies about transparency logs")
struct LogPolicyTests {
    private static let example = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"

    /// A key of a log or a witness, and what signs with it.
    struct Party {
        let key: PrivateKey
        let note: NoteKey

        init(_ name: String, _ use: NoteKey.Use) throws {
            key = try PrivateKey.generate(.ed25519)
            note = try NoteKey(
                name: name,
                use: use,
                key: VerificationKey(subjectPublicKeyInfo: key.publicKey.subjectPublicKeyInfo)
            )
        }

        func sign(_ signed: inout SignedNote) throws {
            let text = Array(signed.text.utf8)
            var bytes = try key.sign(text)
            if note.use == .cosignatures {
                let time = Timestamp(seconds: 1)
                let signature = try key.sign(Cosignature.message(for: text, at: time))
                bytes = Cosignature(time: time, signature: signature)?.encoded ?? []
            }
            signed.add(try NoteSignature(name: note.name, keyID: note.keyID, bytes: bytes))
        }
    }

    @Test("C2SP's example key is read and written")
    func key() throws {
        let key = try NoteKey(parsing: Self.example)
        #expect(key.description == Self.example)
        #expect(key.use == .notes && key.name == "example.com/foo")
    }

    @Test(
        "What is no key is refused",
        arguments: [
            "", "a", "a+b+c", "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
            "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
            "example.com/bar+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
            "example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "x+530d903a+AQ==",
        ]
    )
    func noKey(_ text: String) { #expect(refusalCode { try NoteKey(parsing: text) } == "log-policy.key") }

    @Test("A quorum of groups is what the file says")
    func quorum() throws {
        let log = try Party("log.example", .notes)
        let witnesses = try ["X1", "X2", "X3", "Y1", "Y2"].map { ($0, try Party("w/" + $0, .cosignatures)) }
        let lines =
            ["# comment", "log \(log.note) https://log.example/", ""]
            + witnesses.map { "\twitness \($0.0)  \($0.1.note)" }
            + ["group X 2 X1 X2 X3", "group Y any Y1 Y2", "group both all X Y", "quorum both"]
        let policy = try LogPolicy(parsing: Array(lines.joined(separator: "\n").utf8))
        let cases: [([String], Bool)] = [
            ([], false), (["X1", "X2"], false), (["X1", "Y1"], false), (["X1", "X3", "Y2"], true),
            (["X1", "X1", "Y2"], false), (["X1", "X2", "X3", "Y1", "Y2"], true),
        ]
        for (names, isEnough) in cases {
            var note = try SignedNote(text: "log.example\n0\n\(Base64.text(MerkleHash.empty))\n")
            try log.sign(&note)
            for name in names { try #require(witnesses.first { $0.0 == name }).1.sign(&note) }
            #expect(policy.isQuorum(names) == isEnough)
            #expect(refusalCode { try policy.verify(note) } == (isEnough ? nil : "log-policy.quorum"))
            if isEnough { #expect(try policy.verify(note).witnesses.map(\.name) == names) }
        }
    }

    @Test("A signature that bears a known witness's id and is not its own spoils the note")
    func forged() throws {
        let log = try Party("log.example", .notes), witness = try Party("w", .cosignatures)
        let text = "log \(log.note)\nwitness w \(witness.note)\nquorum none\n"
        let policy = try LogPolicy(parsing: Array(text.utf8))
        #expect(policy.demandsNoWitness)
        var note = try SignedNote(text: "log.example\n0\n\(Base64.text(MerkleHash.empty))\n")
        try log.sign(&note)
        #expect(refusalCode { try policy.verify(note) } == nil)
        note.add(
            try NoteSignature(
                name: "w",
                keyID: witness.note.keyID,
                bytes: [UInt8](repeating: 1, count: 72)
            )
        )
        #expect(refusalCode { try policy.verify(note) } == "note.signature")
    }

    @Test("A checkpoint of another log, or that nobody signed, does not count")
    func strangers() throws {
        let log = try Party("log.example", .notes), other = try Party("log.example", .notes)
        let policy = LogPolicy(log: log.note)
        for (signer, origin) in [(other, "log.example"), (log, "other.example")] {
            var note = try SignedNote(text: "\(origin)\n0\n\(Base64.text(MerkleHash.empty))\n")
            try signer.sign(&note)
            #expect(refusalCode { try policy.verify(note) } == "log-policy.log")
        }
    }

    @Test(
        "What is no policy is refused",
        arguments: [
            "", "quorum none\nquorum none\n", "quorum x\n", "nothing\n", "log\nquorum none\n",
            "witness none KEY\nquorum none\n", "group g 1\nquorum none\n", "group g all x\nquorum none\n",
            "witness a KEY\ngroup g 2 a\nquorum g\n", "witness a KEY\ngroup g 0 a\nquorum g\n",
            "witness a KEY\ngroup g all a\ngroup h all a\nquorum g\n",
            "witness a KEY\nwitness b KEY\nquorum a\n",
            "witness a KEY\ngroup a all a\nquorum a\n", "quorum none\r\n",
            "witness a KEY url more\nquorum a\n",
        ]
    )
    func noPolicy(_ text: String) throws {
        let witness = try Party("w", .cosignatures)
        let bytes = Array(text.replacing("KEY", with: witness.note.description).utf8)
        #expect(refusalCode { try LogPolicy(parsing: bytes) } == "log-policy.syntax")
    }

    @Test("A witness's key is no log's, nor the other way round")
    func uses() throws {
        let witness = try Party("w", .cosignatures)
        #expect(
            refusalCode { try LogPolicy(parsing: Array("log \(witness.note)\nquorum none\n".utf8)) }
                == "log-policy.key"
        )
        #expect(
            refusalCode { try LogPolicy(parsing: Array("witness w \(Self.example)\nquorum w\n".utf8)) }
                == "log-policy.key"
        )
    }

    @Test("Each code is provoked by a test here", arguments: LogPolicyCode.allCases)
    func known(_ code: LogPolicyCode) {
        #expect([.key, .syntax, .log, .quorum].contains(code))
    }
}
