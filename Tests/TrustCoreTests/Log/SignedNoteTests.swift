// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@Suite("Signed notes and checkpoints")
struct SignedNoteTests {
    /// `— a ` and four bytes of a key's id with one of a signature.
    static let line = "\u{2014} a AAAAAAE=\n"

    private static func note(_ text: String) throws -> SignedNote {
        try SignedNote(parsing: Array(text.utf8))
    }

    private static let verifier = NoteVerifier(
        name: "a",
        keyIDs: [NoteKeyID(prefixOf: [0, 0, 0, 0])].reduce(into: []) { ids, id in if let id { ids.insert(id) }
        },
        isValid: { signature, text in signature == [1] && text == Array("x\n".utf8) }
    )

    @Test("A note is read into its text and its signatures, and written as it was")
    func roundTrip() throws {
        for text in ["x\n", "x\n\ny\n", "\n\nx\n", "\u{2014} a AAAAAAE=\n"] {
            let note = try Self.note(text + "\n" + Self.line + "\u{2014} b/c.d /////wIC\n")
            #expect(note.text == text)
            #expect(note.signatures.map(\.name) == ["a", "b/c.d"])
            #expect(note.signatures.map(\.keyID.description) == ["00000000", "ffffffff"])
            #expect(note.signatures.map(\.bytes) == [[1], [2, 2]])
            #expect(note.encoded() == Array((text + "\n" + Self.line + "\u{2014} b/c.d /////wIC\n").utf8))
            var written = try SignedNote(text: text)
            note.signatures.forEach { written.add($0) }
            #expect(written == note)
        }
    }

    @Test(
        "What is not exactly a note is refused",
        arguments: [
            ("", "note.form"), ("x\n", "note.form"), ("x\n" + line, "note.form"),
            ("x\n\n" + line + "x", "note.form"),
            ("\n\n" + line, "note.form"), ("\n" + line, "note.form"), ("x\n\n", "note.unsigned"),
            ("x\r\n\n" + line, "note.encoding"), ("x\t\n\n" + line, "note.encoding"),
            ("x\u{0}\n\n" + line, "note.encoding"), ("x\n\n" + line + "\n", "note.unsigned"),
            ("x\n\nhello\n", "note.signature-line"), ("x\n\n- a AAAAAAE=\n", "note.signature-line"),
            ("x\n\n\u{2014} a\n", "note.signature-line"),
            ("x\n\n\u{2014}  AAAAAAE=\n", "note.signature-line"),
            ("x\n\n\u{2014} a+b AAAAAAE=\n", "note.signature-line"),
            ("x\n\n\u{2014} a\u{00A0}b AAAAAAE=\n", "note.signature-line"),
            ("x\n\n\u{2014} a b AAAAAAE=\n", "note.signature-line"),
            ("x\n\n\u{2014} a AAAAAA==\n", "note.signature-line"),
            ("x\n\n\u{2014} a AAAAAAE\n", "note.signature-line"),
            ("x\n\n\u{2014} a AAAAAAF=\n", "note.signature-line"),
            ("x\n\n\u{2014} a AAAAAAE= \n", "note.signature-line"),
            ("x\n\n" + String(repeating: line, count: 101), "note.too-large"),
            (String(repeating: "x", count: 65_536) + "\n\n" + line, "note.too-large"),
        ]
    )
    func refused(_ text: String, _ code: String) {
        #expect(refusalCode { try Self.note(text) } == code)
    }

    @Test("Bytes that are not UTF-8 are refused, in the text and in a name")
    func encoding() {
        for bytes in [
            [0xFF, 0x0A, 0x0A] + Array(Self.line.utf8), Array("x\n\n\u{2014} ".utf8) + [0xC0, 0x20],
        ] {
            #expect(refusalCode { try SignedNote(parsing: bytes) } == "note.encoding")
        }
    }

    @Test("A note is signed by a key if one of its lines is by its name and id, and all such are valid")
    func verification() throws {
        let other = "\u{2014} b AAAAAAI=\n"
        #expect(try Self.note("x\n\n" + Self.line).verify(by: Self.verifier).count == 1)
        #expect(try Self.note("x\n\n" + other + Self.line + other).verify(by: Self.verifier).count == 1)
        #expect(try Self.note("x\n\n" + Self.line + Self.line).verify(by: Self.verifier).count == 2)
        for (text, code) in [
            ("x\n\n" + other, "note.signer-name"), ("x\n\n\u{2014} a AAAAAQE=\n", "note.signer-key"),
            ("x\n\n\u{2014} a AAAAAAI=\n", "note.signature"), ("y\n\n" + Self.line, "note.signature"),
            ("x\n\n" + Self.line + "\u{2014} a AAAAAAI=\n", "note.signature"),
            ("x\n\n\u{2014} A AAAAAAE=\n", "note.signer-name"),
        ] {
            #expect(refusalCode { try Self.note(text).verify(by: Self.verifier) } == code)
        }
    }

    @Test("Names are compared as bytes: an accent in one code point is not one in two")
    func names() throws {
        let verifier = NoteVerifier(name: "\u{E9}", keyIDs: Self.verifier.keyIDs) { _, _ in true }
        #expect(throws: Never.self) { try Self.note("x\n\n\u{2014} \u{E9} AAAAAAE=\n").verify(by: verifier) }
        #expect(
            refusalCode { try Self.note("x\n\n\u{2014} e\u{301} AAAAAAE=\n").verify(by: verifier) }
                == "note.signer-name"
        )
    }

    @Test("A checkpoint is read into its parts, and written as it was")
    func checkpoint() throws {
        let root = Base64.text(MerkleHash.empty)
        for extensions in [[], ["Timestamp: 1"], ["a", "b"]] {
            let text = (["example.org/log - 1", "9223372036854775807", root] + extensions).map { $0 + "\n" }
                .joined()
            let checkpoint = try Checkpoint(text: text)
            #expect(checkpoint.origin == "example.org/log - 1")
            #expect(checkpoint.size == .max)
            #expect(checkpoint.root == MerkleHash.empty)
            #expect(checkpoint.extensions == extensions)
            #expect(checkpoint.text == text)
            #expect(
                try Checkpoint(
                    origin: checkpoint.origin,
                    size: .max,
                    root: checkpoint.root,
                    extensions: extensions
                ) == checkpoint
            )
        }
    }

    @Test(
        "What is not exactly a checkpoint is refused",
        arguments: [
            ("", "note.checkpoint-origin"), ("\n1\nR\n", "note.checkpoint-origin"),
            ("1\nR\n", "note.checkpoint-origin"), ("a\n", "note.checkpoint-size"),
            ("a\nR\n", "note.checkpoint-size"),
            ("a\n\nR\n", "note.checkpoint-size"), ("a\n-1\nR\n", "note.checkpoint-size"),
            ("a\n+1\nR\n", "note.checkpoint-size"), ("a\n01\nR\n", "note.checkpoint-size"),
            ("a\n9223372036854775808\nR\n", "note.checkpoint-size"), ("a\n1 \nR\n", "note.checkpoint-size"),
            ("a\n\u{FF11}\nR\n", "note.checkpoint-size"), ("a\n1\n", "note.checkpoint-root"),
            ("a\n1\n\nx\n", "note.checkpoint-root"), ("a\n1\nAAAA\n", "note.checkpoint-root"),
            ("a\n1\nR=\n", "note.checkpoint-root"), ("a\n1\nR\n\n", "note.checkpoint-extension"),
            ("a\n1\nR\n\nx\n", "note.checkpoint-extension"),
        ]
    )
    func checkpointRefused(_ text: String, _ code: String) {
        let root = Base64.text(MerkleHash.empty)
        let whole = text.split(separator: "R", omittingEmptySubsequences: false).joined(separator: root)
        #expect(refusalCode { try Checkpoint(text: whole) } == code)
    }

    @Test("A line of a checkpoint that is written cannot hold two")
    func checkpointInjection() {
        #expect(refusalCode { try Checkpoint(origin: "a\n1", size: 2, root: MerkleHash.empty) } != nil)
        #expect(
            refusalCode { try Checkpoint(origin: "a", size: 2, root: MerkleHash.empty, extensions: ["x\ny"]) }
                == "note.checkpoint-extension"
        )
    }

    @Test("A cosignature is a time and a signature, and signs both the time and the text")
    func cosignature() throws {
        let signature = [UInt8](repeating: 9, count: 64)
        let made = try #require(Cosignature(time: Timestamp(seconds: 258), signature: signature))
        #expect(made.encoded == [0, 0, 0, 0, 0, 0, 1, 2] + signature)
        #expect(Cosignature(made.encoded) == made)
        #expect(made.message(for: Array("x\n".utf8)) == Array("cosignature/v1\ntime 258\nx\n".utf8))
        #expect(Cosignature(Array(made.encoded.dropLast())) == nil)
        #expect(Cosignature([0x80] + made.encoded.dropFirst()) == nil)
        #expect(Cosignature(time: Timestamp(seconds: -1), signature: signature) == nil)
        #expect(Cosignature(time: Timestamp(seconds: 1), signature: []) == nil)
    }
}
