// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

/// For each code the smallest input that provokes it.
@Suite("Every refusal of notes and of Merkle proofs has an input that provokes it")
struct LogFormatCodeCoverageTests {
    typealias Provocation = @Sendable () throws -> Void

    static let merkle: [MerkleCode: Provocation] = [
        .index: { try inclusion(index: 1, size: 1) },
        .sizes: { try consistency(2, 1, []) },
        .proofLength: { try inclusion(index: 0, size: 2) },
        .hashLength: { try inclusion(index: 0, size: 2, hashes: [[1]]) },
        .root: { try inclusion(index: 0, size: 1, root: []) },
    ]

    static let notes: [NoteCode: Provocation] = [
        .tooLarge: { try note(String(repeating: "x", count: SignedNote.maximumLength + 1)) },
        .encoding: { try note("\u{1}") },
        .form: { try note("x") },
        .signatureLine: { try note("x\n\nx\n") },
        .unsigned: { try note("x\n\n") },
        .origin: { _ = try Checkpoint(text: "") },
        .size: { _ = try Checkpoint(text: "a\n") },
        .root: { _ = try Checkpoint(text: "a\n1\n") },
        .extension: { _ = try Checkpoint(text: "a\n1\n\(Base64.text(MerkleHash.empty))\n\n") },
        .name: { try verify(as: "b", keyID: 0) },
        .key: { try verify(as: "a", keyID: 1) },
        .signature: { try verify(as: "a", keyID: 0) },
    ]

    private static func inclusion(
        index: Int64,
        size: Int64,
        hashes: [[UInt8]] = [],
        root: [UInt8] = MerkleHash.empty
    ) throws {
        try MerkleProof.verifyInclusion(
            leafHash: MerkleHash.empty,
            index: index,
            size: size,
            hashes: hashes,
            root: root
        )
    }

    private static func consistency(_ size1: Int64, _ size2: Int64, _ hashes: [[UInt8]]) throws {
        try MerkleProof.verifyConsistency(size1: size1, size2: size2, hashes: hashes, root1: [], root2: [])
    }

    private static func note(_ text: String) throws { _ = try SignedNote(parsing: Array(text.utf8)) }

    private static func verify(as name: String, keyID: UInt8) throws {
        let ids = Set([NoteKeyID(prefixOf: [0, 0, 0, keyID])].compactMap { $0 })
        let note = try SignedNote(parsing: Array(("x\n\n" + SignedNoteTests.line).utf8))
        try note.verify(by: NoteVerifier(name: name, keyIDs: ids) { _, _ in false })
    }

    @Test("Exactly this code of Merkle proofs", arguments: MerkleCode.allCases)
    func code(_ code: MerkleCode) throws {
        let provocation = try #require(Self.merkle[code])
        #expect(refusalCode { try provocation() } == code.rawValue)
    }

    @Test("Exactly this code of notes", arguments: NoteCode.allCases)
    func code(_ code: NoteCode) throws {
        let provocation = try #require(Self.notes[code])
        #expect(refusalCode { try provocation() } == code.rawValue)
    }

    @Test("Every code says what, why, and what to do")
    func entries() {
        for entry in MerkleCode.allCases.map(\.entry) + NoteCode.allCases.map(\.entry) {
            #expect(!entry.summary.isEmpty && !entry.summary.hasSuffix("."))
            #expect(entry.explanation.hasSuffix("."))
            #expect(!entry.remedy.isEmpty && !entry.remedy.hasSuffix("."))
        }
        #expect(MerkleCode.allCases.allSatisfy { $0.rawValue.hasPrefix("merkle.") })
        #expect(NoteCode.allCases.allSatisfy { $0.rawValue.hasPrefix("note.") })
    }
}
