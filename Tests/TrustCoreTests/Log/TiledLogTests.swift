// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@Suite("Tiles of transparency logs")
struct TiledLogTests {
    @Test("Paths are those of C2SP tlog-tiles")
    func paths() {
        let tiles: [(LogTile?, String?)] = [
            (LogTile(.hashes(level: 0), index: 1_234_067, treeSize: .max), "tile/0/x001/x234/067"),
            (LogTile(.hashes(level: 0), index: 273, treeSize: 70_000), "tile/0/273.p/112"),
            (LogTile(.hashes(level: 1), index: 0, treeSize: 70_000), "tile/1/000"),
            (LogTile(.hashes(level: 1), index: 1, treeSize: 70_000), "tile/1/001.p/17"),
            (LogTile(.hashes(level: 2), index: 0, treeSize: 70_000), "tile/2/000.p/1"),
            (LogTile(.entries, index: 273, treeSize: 70_000), "tile/entries/273.p/112"),
            (LogTile(.hashes(level: 0), index: 0, treeSize: 256), "tile/0/000"),
            (LogTile(.hashes(level: 1), index: 0, treeSize: 256), "tile/1/000.p/1"),
            (LogTile(.hashes(level: 0), index: 1, treeSize: 256), nil),
            (LogTile(.hashes(level: 0), index: 0, treeSize: 0), nil),
            (LogTile(.hashes(level: 8), index: 0, treeSize: .max), nil),
            (LogTile(.hashes(level: 0), index: .max, treeSize: .max), nil),
            (LogTile(.hashes(level: 0), index: -1, treeSize: 1), nil),
        ]
        for (tile, path) in tiles { #expect(tile?.path == path) }
        #expect(
            LogTile.partialHashes(treeSize: 70_000).map(\.path) == [
                "tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1",
            ]
        )
    }

    @Test("Edges, frontiers and proofs from tiles are those of the whole tree, at every size")
    func trees() throws {
        var tree = MerkleTree(), edge = TileEdge(), frontier = MerkleFrontier()
        var tiles: [LogTile: [UInt8]] = [:]
        for size in 1...1100 {
            let hash = MerkleHash.leaf([UInt8(size & 0xFF), UInt8(size >> 8)])
            tree.append(leafHash: hash)
            frontier.append(leafHash: hash)
            for (tile, bytes) in edge.append(leafHash: hash) { tiles[tile] = bytes }
            for (tile, bytes) in edge.partialTiles { tiles[tile] = bytes }
            #expect(edge.root == tree.root && frontier.root == tree.root)
            #expect(try TileEdge(treeSize: Int64(size), tiles: tiles).root == tree.root)
            guard size % 97 == 0 || size > 1095 || (254...258).contains(size) else { continue }
            func roots(_ subtree: MerkleSubtree) throws -> [UInt8] {
                let tile = try #require(subtree.tile(treeSize: Int64(size)))
                let bytes = try #require(tiles[tile])
                let hashes = try TileHashes(bytes, of: tile)
                return try #require(subtree.root(in: hashes))
            }
            for index in stride(from: 0, to: size, by: 13) {
                let plan = try #require(MerkleProofPlan(inclusionOf: Int64(index), size: Int64(size)))
                #expect(try plan.hashes(roots) == tree.inclusionProof(of: index))
            }
            for old in stride(from: 1, through: size, by: 11) {
                let plan = try #require(MerkleProofPlan(consistencyFrom: Int64(old), to: Int64(size)))
                #expect(try plan.hashes(roots) == tree.consistencyProof(from: old))
            }
        }
        #expect(MerkleProofPlan(inclusionOf: 1, size: 1) == nil)
        #expect(MerkleProofPlan(consistencyFrom: 0, to: 1) == nil)
        #expect(MerkleProofPlan(consistencyFrom: 2, to: 1) == nil)
    }

    @Test("Bundles hold entries of any length that fits, and nothing else is one")
    func bundles() throws {
        let entries: [[UInt8]] = [[], [1], [UInt8](repeating: 2, count: 65_535)]
        let bytes = try EntryBundle.encode(entries)
        #expect(try EntryBundle.read(bytes, count: 3, of: "b") == entries)
        for (wrong, count) in [
            (bytes, 2), (bytes, 4), (Array(bytes.dropLast()), 3), (bytes + [0], 3), ([], 1),
        ] {
            #expect(refusalCode { try EntryBundle.read(wrong, count: count, of: "b") } == "tiled-log.bundle")
        }
    }

    @Test("A proof's text is read as it was written, and no other text is one")
    func proofs() throws {
        var note = try SignedNote(text: "o\n1\n\(Base64.text(MerkleHash.leaf([1])))\n")
        note.add(try NoteSignature(name: "o", keyID: NoteKeyID(ecdsa: []), bytes: [1]))
        let proof = LogProof(index: 0, hashes: [], checkpoint: note, extra: [1])
        let text = String(decoding: proof.encoded(), as: UTF8.self)
        #expect(text.hasPrefix("c2sp.org/tlog-proof@v1\nextra AQ==\nindex 0\n\no\n1\n"))
        #expect(try LogProof(parsing: proof.encoded()) == proof)
        try proof.verify(leafHash: MerkleHash.leaf([1]))
        #expect(refusalCode { try proof.verify(leafHash: MerkleHash.leaf([2])) } == "merkle.root")
        for (from, to) in [
            ("v1", "v2"), ("extra AQ==", "extra AQ"), ("index 0", "index 00"), ("index 0", "index -1"),
            ("index 0\n", ""),
            ("index 0\n", "index 0\nAQ==\n"), ("index 0\n\n", "index 0\n"),
        ] {
            let wrong = text.replacing(from, with: to)
            #expect(
                refusalCode { try LogProof(parsing: Array(wrong.utf8)) } == "tiled-log.proof",
                "\(from) \(to)"
            )
        }
    }

    static let provocations: [TiledLogCode: @Sendable () throws -> Void] = [
        .tile: { _ = try TileEdge(treeSize: 1, tiles: [:]) },
        .bundle: { _ = try EntryBundle.read([0], count: 1, of: "b") },
        .entryLength: { _ = try EntryBundle.encode([[UInt8](repeating: 0, count: 65_536)]) },
        .proof: { _ = try LogProof(parsing: []) },
    ]

    @Test("Each code is provoked by its own smallest input", arguments: TiledLogCode.allCases)
    func provoked(_ code: TiledLogCode) throws {
        let provocation = try #require(Self.provocations[code])
        #expect(refusalCode { try provocation() } == code.rawValue)
    }
}
