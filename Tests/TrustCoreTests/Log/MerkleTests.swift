// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import TestSupport
import Testing
import TrustCore

@Suite("Trees of transparency logs")
struct MerkleTests {
    /// The leaves and roots that implementations of RFC 6962 are tested with.
    static let leaves = [
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    ]
    static let roots = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]

    /// A tree of so many different leaves.
    private static func tree(_ count: Int) -> MerkleTree {
        var tree = MerkleTree()
        for number in 0..<count { tree.append([UInt8(truncatingIfNeeded: number), 7]) }
        return tree
    }

    private static func leafHash(_ number: Int) -> [UInt8] {
        MerkleHash.leaf([UInt8(truncatingIfNeeded: number), 7])
    }

    @Test("Roots are those of RFC 6962, at every size, while the tree grows and after")
    func knownRoots() throws {
        var tree = MerkleTree()
        #expect(Hex.encode(tree.root) == Self.roots[0])
        for (at, leaf) in Self.leaves.enumerated() {
            #expect(tree.append(try #require(Hex.decode(leaf))) == at)
            #expect(Hex.encode(tree.root) == Self.roots[at + 1])
        }
        for (size, root) in Self.roots.enumerated() {
            #expect(Hex.encode(try #require(tree.root(size: size))) == root)
        }
        #expect(tree.root(size: 9) == nil)
    }

    @Test("Every leaf of every tree up to 70 leaves has a proof that leads to the root")
    func inclusion() throws {
        let tree = Self.tree(70)
        for size in 1...70 {
            let root = try #require(tree.root(size: size))
            for index in 0..<size {
                let hashes = try #require(tree.inclusionProof(of: index, size: size))
                try MerkleProof.verifyInclusion(
                    leafHash: Self.leafHash(index),
                    index: Int64(index),
                    size: Int64(size),
                    hashes: hashes,
                    root: root
                )
            }
        }
    }

    @Test("Every tree is shown to be the beginning of every larger one up to 70 leaves")
    func consistency() throws {
        let tree = Self.tree(70)
        for large in 1...70 {
            for small in 1...large {
                try MerkleProof.verifyConsistency(
                    size1: Int64(small),
                    size2: Int64(large),
                    hashes: try #require(tree.consistencyProof(from: small, to: large)),
                    root1: try #require(tree.root(size: small)),
                    root2: try #require(tree.root(size: large))
                )
            }
        }
    }

    @Test("Trees have no proofs for what they do not have")
    func nothing() {
        let tree = Self.tree(3)
        #expect(tree.inclusionProof(of: 3) == nil)
        #expect(tree.inclusionProof(of: -1) == nil)
        #expect(tree.inclusionProof(of: 0, size: 4) == nil)
        #expect(tree.consistencyProof(from: 0) == nil)
        #expect(tree.consistencyProof(from: 2, to: 4) == nil)
        #expect(MerkleTree().inclusionProof(of: 0) == nil)
    }

    @Test("A proof with any bit flipped, or for another place or size, is refused")
    func mutations() throws {
        let tree = Self.tree(13)
        for index in 0..<13 {
            let hashes = try #require(tree.inclusionProof(of: index))
            func verify(_ hashes: [[UInt8]], _ index: Int = index, _ size: Int = 13) throws {
                try MerkleProof.verifyInclusion(
                    leafHash: Self.leafHash(index),
                    index: Int64(index),
                    size: Int64(size),
                    hashes: hashes,
                    root: tree.root
                )
            }
            for at in hashes.indices {
                var changed = hashes
                changed[at][at] ^= 0x10
                #expect(refusalCode { try verify(changed) } == "merkle.root")
            }
            #expect(refusalCode { try verify(hashes + [tree.root]) } == "merkle.proof-length")
            #expect(refusalCode { try verify(hashes.dropLast()) } == "merkle.proof-length")
            for size in [1, 2, 3, 64] { #expect(throws: Refusal.self) { try verify(hashes, index, size) } }
        }
    }

    @Test("Proofs in the largest trees there can be are computed without overflow")
    func largest() throws {
        let hash = MerkleHash.empty
        let half: Int64 = 1 << 62
        let trees: [(index: Int64, size: Int64, count: Int)] = [
            (.max - 1, .max, 62), (0, .max, 63), (half - 1, .max, 63), (half, .max, 63), (half, half + 1, 1),
            (0, half + 1, 63),
        ]
        for (index, size, count) in trees {
            let hashes = [[UInt8]](repeating: hash, count: count)
            _ = try MerkleProof.root(leafHash: hash, index: index, size: size, hashes: hashes)
            #expect(
                refusalCode {
                    try MerkleProof.root(leafHash: hash, index: index, size: size, hashes: hashes + [hash])
                } == "merkle.proof-length"
            )
        }
        let sizes: [Int64] = [.max - 1, 1, half, half - 1]
        for size1 in sizes {
            for count in 0...70 {
                #expect(throws: Refusal.self) {
                    try MerkleProof.verifyConsistency(
                        size1: size1,
                        size2: .max,
                        hashes: [[UInt8]](repeating: hash, count: count),
                        root1: hash,
                        root2: MerkleHash.leaf([])
                    )
                }
            }
        }
    }

    @Test(
        "The vectors of other implementations are accepted and refused as they say",
        .enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)),
        arguments: ["inclusion", "consistency"]
    )
    func vectors(_ kind: String) throws {
        let folder = SharedData.root + "/sigstore/merkle/merkle/testdata/" + kind
        let paths = try #require(FileManager.default.enumerator(atPath: folder))
            .compactMap { $0 as? String }.filter { $0.hasSuffix(".json") }
        for path in paths {
            let bytes = try SharedData.bytes("sigstore/merkle/merkle/testdata/\(kind)/\(path)")
            let fields = try JSONFields(try JSONReader.read(bytes, of: path), of: path)
            let isRefused = try fields.bool("wantErr")
            let outcome = refusalCode { try Self.run(fields, kind) }
            #expect((outcome != nil) == isRefused, "\(path): \(outcome ?? "accepted")")
            #expect(outcome?.hasPrefix("not a refusal") != true, "\(path): \(outcome ?? "")")
        }
        #expect(paths.count > 90)
    }

    private static func run(_ fields: JSONFields, _ kind: String) throws {
        func bytes(_ key: String) throws -> [UInt8] {
            try fields.optionalString(key).flatMap { Base64.decode($0) } ?? []
        }
        let hashes = try fields.optionalStrings("proof") ?? []
        let proof = hashes.map { Base64.decode($0) ?? [] }
        if kind == "inclusion" {
            try MerkleProof.verifyInclusion(
                leafHash: try bytes("leafHash"),
                index: try fields.integer("leafIdx"),
                size: try fields.integer("treeSize"),
                hashes: proof,
                root: try bytes("root")
            )
        } else {
            try MerkleProof.verifyConsistency(
                size1: try fields.integer("size1"),
                size2: try fields.integer("size2"),
                hashes: proof,
                root1: try bytes("root1"),
                root2: try bytes("root2")
            )
        }
    }
}
