// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

extension Fuzzer {
    /// Signed notes, the checkpoints in them, and checkpoints alone.
    static let notes = Fuzzer("notes") { bytes in
        if let note = try Finding.accepted({ try SignedNote(parsing: bytes) }) {
            Finding.unlessEqual(note.encoded(), bytes, "the note that was written")
            Finding.unless(!note.signatures.isEmpty, "a note without signatures")
            for signature in note.signatures {
                _ = Cosignature(signature.bytes)
                let verifier = NoteVerifier(name: signature.name, keyIDs: [signature.keyID]) { _, _ in true }
                _ = Finding.ifRefused("a signature is not found by its own name") {
                    try note.verify(by: verifier)
                }
            }
            try checkCheckpoint(note.text)
        }
        if let text = String(validating: bytes, as: UTF8.self) { try checkCheckpoint(text) }
    }

    private static func checkCheckpoint(_ text: String) throws {
        guard let checkpoint = try Finding.accepted({ try Checkpoint(text: text) }) else { return }
        Finding.unless(checkpoint.size >= 0 && checkpoint.root.count == 32, "a checkpoint of no tree")
        let whole = text.utf8.last == 0x0A ? text : text + "\n"
        Finding.unlessEqual(Array(checkpoint.text.utf8), Array(whole.utf8), "the checkpoint that was written")
    }

    /// Proofs with any numbers, and the proofs of a tree that grows by the input.
    static let merkle = Fuzzer("merkle") { bytes in
        var parts = InputParts(bytes)
        let index = parts.number()
        let size = parts.number()
        let hashes = (0..<Int(parts.byte() & 0x7F)).map { [UInt8](repeating: UInt8($0), count: 32) }
        let root = try Finding.accepted {
            try MerkleProof.root(leafHash: MerkleHash.empty, index: index, size: size, hashes: hashes)
        }
        if root != nil { Finding.unless(index >= 0 && index < size, "a proof for a place that is not there") }
        let isConsistent: Void? = try Finding.accepted {
            try MerkleProof.verifyConsistency(
                size1: index,
                size2: size,
                hashes: hashes,
                root1: MerkleHash.empty,
                root2: MerkleHash.leaf([])
            )
        }
        Finding.unless(isConsistent == nil, "trees that nobody has made are consistent")
        checkTree(parts.lines(40))
    }

    private static func checkTree(_ lines: [String]) {
        var tree = MerkleTree()
        var roots = [tree.root]
        for line in lines {
            tree.append(Array(line.utf8))
            roots.append(tree.root)
        }
        for (index, line) in lines.enumerated() {
            Finding.unlessEqual(tree.root(size: index + 1), roots[index + 1], "the root that was")
            Finding.ifRefused("a tree's own proof is refused") {
                try MerkleProof.verifyInclusion(
                    leafHash: MerkleHash.leaf(Array(line.utf8)),
                    index: Int64(index),
                    size: Int64(lines.count),
                    hashes: tree.inclusionProof(of: index) ?? [],
                    root: tree.root
                )
                try MerkleProof.verifyConsistency(
                    size1: Int64(index + 1),
                    size2: Int64(lines.count),
                    hashes: tree.consistencyProof(from: index + 1) ?? [],
                    root1: roots[index + 1],
                    root2: tree.root
                )
            }
        }
    }
}
