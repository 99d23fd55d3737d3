// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

package import Sigstore
package import SigningKeys
package import TrustCore

/// A log as Rekor v1 is one: it signs a promise with a time for each entry, and checkpoints of its current tree.
///
/// It takes whatever it is given and checks nothing.
package struct SimulatedRekorV1: Sendable {
    /// The log's name, which it signs checkpoints under, and the host of its address.
    package let host: String
    /// The key it signs with.
    package let key: PrivateKey
    /// How many entries its earlier trees had: what an entry's global index has on top of the one in the tree.
    package let earlierEntries: Int64
    /// The number of its tree, which stands in the checkpoints.
    package let treeID: UInt64
    /// The tree.
    package private(set) var tree = MerkleTree()

    /// Starts a log without entries.
    package init(
        host: String = "rekor.example",
        key: PrivateKey? = nil,
        earlierEntries: Int64 = 1_000,
        treeID: UInt64 = 42
    ) throws {
        self.host = host
        self.key = try key ?? .generate(.ecdsaP256)
        self.earlierEntries = earlierEntries
        self.treeID = treeID
    }

    /// The log's id: the digest of its key.
    package var logID: [UInt8] { key.publicKey.fingerprint.bytes }

    /// The log as a trusted root lists it.
    package func trusted(validFor period: ValidityPeriod) throws -> TrustedRoot.Log {
        TrustedRoot.Log(
            baseURL: "https://\(host)",
            key: try VerificationKey(subjectPublicKeyInfo: key.publicKey.subjectPublicKeyInfo),
            validFor: period,
            logID: logID
        )
    }

    /// Takes in an entry, and answers what a bundle shows of it.
    package mutating func add(_ body: SimulatedLogBody, at time: Timestamp) throws -> LogEntry {
        let index = Int64(tree.append(body.bytes))
        return LogEntry(
            logIndex: earlierEntries + index,
            logID: logID,
            kind: body.kind,
            version: body.version,
            integratedTime: time.seconds,
            signedEntryTimestamp: try promise(body.bytes, index: earlierEntries + index, at: time),
            inclusionProof: try proof(of: index),
            canonicalizedBody: body.bytes
        )
    }

    /// Takes in a signature, in the form that the kind of its content has: `hashedrekord` or `dsse`.
    package mutating func add(_ signed: LoggedSignature, at time: Timestamp) throws -> LogEntry {
        switch signed.content {
        case .message: try add(SimulatedLogBody(signed, as: .hashedRekordV001), at: time)
        case .envelope: try add(SimulatedLogBody(signed, as: .dsseV001), at: time)
        }
    }

    /// Signs the promise for an entry.
    package func promise(_ body: [UInt8], index: Int64, at time: Timestamp) throws -> [UInt8] {
        try key.sign(
            try SignedEntryTimestamp.message(
                body: body,
                integratedTime: time.seconds,
                logID: logID,
                logIndex: index
            )
        )
    }

    /// The proof of an entry in the current tree, with a checkpoint.
    package func proof(of index: Int64) throws -> LogEntry.InclusionProof {
        LogEntry.InclusionProof(
            logIndex: index,
            treeSize: Int64(tree.count),
            rootHash: tree.root,
            hashes: tree.inclusionProof(of: Int(index)) ?? [],
            checkpoint: String(decoding: try checkpoint().encoded(), as: UTF8.self)
        )
    }

    /// Signs a checkpoint of the current tree.
    package func checkpoint() throws -> SignedNote {
        try sign(Checkpoint(origin: "\(host) - \(treeID)", size: Int64(tree.count), root: tree.root).text)
    }

    /// Signs the text of any checkpoint. The key goes by the beginning of the log's id, whatever its type.
    package func sign(_ text: String) throws -> SignedNote {
        var note = try SignedNote(text: text)
        guard let id = NoteKeyID(prefixOf: logID) else { return note }
        note.add(try NoteSignature(name: host, keyID: id, bytes: try key.sign(Array(text.utf8))))
        return note
    }
}
