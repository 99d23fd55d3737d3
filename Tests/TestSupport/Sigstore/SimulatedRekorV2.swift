// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import SigningKeys
public import Sigstore
public import TrustCore

/// A log as Rekor v2 is one: entries come with a proof and a checkpoint, which witnesses may cosign, and no
/// times.
///
/// It takes whatever it is given and checks nothing.
public struct SimulatedRekorV2: Sendable {
    /// Cosigns checkpoints.
    public struct Witness: Sendable {
        /// The name it signs under.
        public let name: String
        /// An Ed25519 key.
        public let key: PrivateKey

        /// Makes a witness with a new key.
        public init(name: String) throws {
            self.name = name
            key = try .generate(.ed25519)
        }
    }

    /// The log's name, which begins its checkpoints, and the host of its address.
    public let host: String
    /// The Ed25519 key it signs with.
    public let key: PrivateKey
    /// Who cosigns its checkpoints.
    public var witnesses: [Witness] = []
    /// When witnesses say that they cosigned.
    public var cosignatureTime = Timestamp(seconds: 1_700_000_000)
    /// The tree.
    public private(set) var tree = MerkleTree()
    /// The content of each of its leaves.
    public private(set) var leaves: [[UInt8]] = []

    /// Starts a log without entries.
    public init(host: String = "log2025.rekor.example", key: PrivateKey? = nil) throws {
        self.host = host
        self.key = try key ?? .generate(.ed25519)
    }

    /// The log's id: the digest that its checkpoints' key id is the beginning of.
    public var logID: [UInt8] {
        Digest.of(Array(host.utf8) + [0x0A, 0x01] + key.publicKey.subjectPublicKeyInfo.suffix(32)).bytes
    }

    /// The log as a trusted root lists it.
    public func trusted(validFor period: ValidityPeriod) throws -> TrustedRoot.Log {
        TrustedRoot.Log(
            baseURL: "https://\(host)",
            key: try VerificationKey(subjectPublicKeyInfo: key.publicKey.subjectPublicKeyInfo),
            validFor: period,
            logID: logID
        )
    }

    /// Takes in an entry, and answers what a bundle shows of it.
    public mutating func add(_ body: SimulatedLogBody) throws -> LogEntry {
        leaves.append(body.bytes)
        let index = Int64(tree.append(body.bytes))
        return LogEntry(
            logIndex: index,
            logID: logID,
            kind: body.kind,
            version: body.version,
            integratedTime: 0,
            signedEntryTimestamp: nil,
            inclusionProof: try proof(of: index),
            canonicalizedBody: body.bytes
        )
    }

    /// Takes in entries of others, which nobody asks for, so that the tree has more than one.
    public mutating func addOthers(_ count: Int) {
        for number in 0..<count {
            leaves.append(Array("entry \(number) of somebody else".utf8))
            tree.append(leaves[leaves.count - 1])
        }
    }

    /// Takes in a signature, in the one form that there is.
    public mutating func add(_ signed: LoggedSignature) throws -> LogEntry {
        try add(SimulatedLogBody(signed, as: .hashedRekordV002))
    }

    /// The proof of an entry in the current tree, with a checkpoint.
    public func proof(of index: Int64) throws -> LogEntry.InclusionProof {
        LogEntry.InclusionProof(of: index, in: tree, try checkpoint())
    }

    /// Signs a checkpoint of the current tree, and has the witnesses cosign it.
    public func checkpoint() throws -> SignedNote {
        try sign(Checkpoint(origin: host, size: Int64(tree.count), root: tree.root).text)
    }

    /// Signs the text of any checkpoint, and has the witnesses cosign it.
    public func sign(_ text: String) throws -> SignedNote {
        var note = try SignedNote(text: text)
        let message = Array(text.utf8)
        if let id = NoteKeyID(prefixOf: logID) {
            note.add(try NoteSignature(name: host, keyID: id, bytes: try key.sign(message)))
        }
        for witness in witnesses {
            let signature = try witness.key.sign(Cosignature.message(for: message, at: cosignatureTime))
            let key = try VerificationKey(
                subjectPublicKeyInfo: witness.key.publicKey.subjectPublicKeyInfo
            )
            guard let cosignature = Cosignature(time: cosignatureTime, signature: signature),
                let id = NoteKeyID(witness: witness.name, key: key)
            else { continue }
            note.add(try NoteSignature(name: witness.name, keyID: id, bytes: cosignature.encoded))
        }
        return note
    }
}
