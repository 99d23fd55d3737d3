// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TrustCore

@testable import ChannelServer

extension Fuzzer {
    /// Entries of a publish log, one to a line: each has one spelling, and a monitor takes whatever comes.
    static let publishLogEntries = Fuzzer("publish-log-entries") { bytes in
        let lines = InputParts(bytes).lines(16).map { Array($0.utf8) }
        var ledger = LogLedger()
        ledger.add(lines)
        Finding.unlessEqual(ledger.count, lines.count, "how many entries there are")
        for line in lines {
            guard let entry = try Finding.accepted({ try PublishLogEntry(parsing: line) }) else { continue }
            let again = Finding.ifRefused("an entry that was read cannot be written") { try entry.encoded() }
            Finding.unlessEqual(again, line, "an entry has two spellings")
        }
        for (name, history) in ledger.indexes {
            Finding.unless(history.index < lines.count && !history.newest.isEmpty, "the index \(name.text)")
        }
        let comparison = IndexComparison(ledger: ledger, grace: 0, now: Timestamp(seconds: 2_000_000_000))
        for finding in comparison.findings([]) + ExpectedPublishers().findings(in: ledger) {
            Finding.note(finding)
        }
    }

    /// What a user expects, and what a monitor keeps.
    static let expectedPublishers = Fuzzer("expected-publishers") { bytes in
        _ = try Finding.accepted { try ExpectedPublishers(parsing: bytes, of: "input") }
        let state = try MonitorState(parsing: bytes)
        let again = Finding.ifRefused("a state that was written is refused") {
            try MonitorState(parsing: state.encoded())
        }
        Finding.unless(again == state, "the state that was written")
    }

    /// Bundles of entries, and tiles.
    static let logTiles = Fuzzer("log-tiles") { bytes in
        if let entries = try Finding.accepted({
            try EntryBundle.read(bytes, atMost: LogTile.fullWidth, of: "input")
        }) {
            Finding.unlessEqual(try EntryBundle.encode(entries), bytes, "the bundle that was written")
            checkEdge(entries)
        }
        var parts = InputParts(bytes)
        let index = parts.number(), size = parts.number(), level = Int(parts.byte())
        for content in [LogTile.Content.entries, .hashes(level: level % 12)] {
            guard let tile = LogTile(content, index: index, treeSize: size) else { continue }
            Finding.unless((1...LogTile.fullWidth).contains(tile.width), "\(tile.width) wide")
            Finding.unless(PlainRules.staysInside(tile.path), "`\(tile.path)` leaves the log")
            Finding.unless(tile.filled.isFull && tile.filled.index == index, "the full tile of \(tile)")
            _ = try Finding.accepted { try TileHashes(parts.remainder, of: tile) }
        }
        for tile in LogTile.partialHashes(treeSize: size) {
            Finding.unless(tile.width >= 1 && tile.width <= LogTile.fullWidth, "\(tile)")
        }
        _ = try Finding.accepted { try TileEdge(treeSize: size, tiles: [:]) }
    }

    /// A tree that grows by entries is the tree that is read back from its own tiles.
    private static func checkEdge(_ entries: [[UInt8]]) {
        var edge = TileEdge()
        for entry in entries { _ = edge.append(leafHash: MerkleHash.leaf(entry)) }
        let tiles = Dictionary(uniqueKeysWithValues: edge.partialTiles.map { ($0.tile, $0.bytes) })
        let again = Finding.ifRefused("a tree's own tiles are refused") {
            try TileEdge(treeSize: edge.size, tiles: tiles)
        }
        Finding.unlessEqual(again.root, edge.root, "the root of a tree of \(edge.size) entries")
    }

    /// Proofs of entries, as text.
    static let logProofs = Fuzzer("log-proofs") { bytes in
        let proof = try LogProof(parsing: bytes)
        Finding.unlessEqual(proof.encoded(), bytes, "the proof that was written")
        Finding.unless(proof.index >= 0 && proof.hashes.count <= LogProof.maximumHashes, "a proof of nothing")
        _ = try Finding.accepted { try proof.verify(leafHash: MerkleHash.leaf(proof.extra ?? [])) }
        let policy = try FuzzedWitness.policy.get()
        _ = try Finding.accepted { try proof.verifyFile(nil, of: "input", by: policy) }
    }

    /// Policies of logs and witnesses: more witnesses are never less of a quorum.
    static let logPolicies = Fuzzer("log-policies") { bytes in
        if let key = try Finding.accepted({ try NoteKey(parsing: String(decoding: bytes, as: UTF8.self)) }) {
            let again = Finding.ifRefused("a key that was written is refused") {
                try NoteKey(parsing: key.description)
            }
            Finding.unlessEqual(again, key, "the key that was written")
        }
        let policy = try LogPolicy(parsing: bytes)
        var present: [String] = []
        var wasQuorum = policy.isQuorum([])
        for witness in policy.witnesses {
            present.append(witness.name)
            let isQuorum = policy.isQuorum(present)
            Finding.unless(isQuorum || !wasQuorum, "one more witness is one too many")
            wasQuorum = isQuorum
        }
        Finding.unless(wasQuorum || policy.isQuorum(present), "all witnesses are too few")
        _ = try Finding.accepted { try policy.verify(FuzzedWitness.note.get()) }
    }

    /// What witnesses answer to `add-checkpoint`: nothing of it gets under a checkpoint but their own cosignatures.
    static let witnessAnswers = Fuzzer("witness-answers") { bytes in
        if let size = LogWitnesses.size(bytes) { Finding.unless(size >= 0, "a size below nothing") }
        let note = try FuzzedWitness.note.get(), policy = try FuzzedWitness.policy.get()
        for witness in policy.witnesses {
            let found: [NoteSignature]?
            do {
                found = try Finding.accepted {
                    try LogWitnesses.cosignatures(in: bytes, under: note, by: witness)
                }
            } catch is Failure {
                continue
            }
            var cosigned = note
            for signature in found ?? [] { cosigned.add(signature) }
            Finding.unless(
                (found ?? []).allSatisfy { ByteKey.areEqual($0.name, witness.key.name) },
                "somebody else's signature"
            )
            guard found != nil else { continue }
            _ = Finding.ifRefused("an answer that was taken spoils the checkpoint") {
                try policy.verify(cosigned)
            }
        }
    }
}

/// A log and a witness, whose keys the whole world knows.
private enum FuzzedWitness {
    static let note = Result {
        try SignedNote(
            parsing: Array(
                """
                log.example/log
                1
                AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=

                — log.example/log AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=

                """.utf8
            )
        )
    }

    static let policy = Result {
        let key = try PrivateKey(pem: Array(pem.utf8)).publicKey.subjectPublicKeyInfo
        let verification = try VerificationKey(subjectPublicKeyInfo: key)
        let log = try NoteKey(name: "log.example/other", use: .notes, key: verification)
        let witness = try NoteKey(name: "witness.example", use: .cosignatures, key: verification)
        return try LogPolicy(
            parsing: Array("log \(log)\nwitness w \(witness) https://witness.example/\nquorum none\n".utf8)
        )
    }

    private static let pem = """
        -----BEGIN PRIVATE KEY-----
        MC4CAQAwBQYDK2VwBCIEIGtpbmdzbmFrZSBmdXp6aW5nOiBub3QgYSBzZWNyZXQh
        -----END PRIVATE KEY-----
        """
}
