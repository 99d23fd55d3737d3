// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import Sigstore
public import TrustCore

extension LogEntry.InclusionProof {
    /// The proof that an entry is in a tree, with a checkpoint of that tree.
    public init(of index: Int64, in tree: MerkleTree, _ checkpoint: SignedNote) {
        self.init(
            logIndex: index,
            treeSize: Int64(tree.count),
            rootHash: tree.root,
            hashes: tree.inclusionProof(of: Int(index)) ?? [],
            checkpoint: String(decoding: checkpoint.encoded(), as: UTF8.self)
        )
    }
}
