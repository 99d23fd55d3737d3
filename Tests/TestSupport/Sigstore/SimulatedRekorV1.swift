// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import SigningKeys
public import Sigstore
public import TrustCore

/// A log as Rekor v1 is one: it signs a promise with a time for each entry, and checkpoints of its current
/// tree.
///
/// It takes whatever it is given and checks nothing.
public struct SimulatedRekorV1: Sendable {
    /// The log's name, which it signs checkpoints under, and the host of its address.
    public let host: String
    /// The key it signs with.
    public let key: PrivateKey
    /// How many entries its earlier trees had: what an entry's global index has on top of the one in the
    /// tree.
    public let earlierEntries: Int64
    /// The number of its tree, which stands in the checkpoints.
    public let treeID: UInt64
    /// The tree.
    public private(set) var tree = MerkleTree()
    /// What it took in, in the order of the tree; nil for what others did.
    private var records: [Record?] = []

    private struct Record: Sendable {
        let body: SimulatedLogBody
        let time: Timestamp
    }

    /// Starts a log without entries.
    public init(
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
    public var logID: [UInt8] { key.publicKey.fingerprint.bytes }

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
    public mutating func add(_ body: SimulatedLogBody, at time: Timestamp) throws -> LogEntry {
        let record = Record(body: body, time: time)
        records.append(record)
        let index = Int64(tree.append(body.bytes))
        return try entry(index, record)
    }

    /// What it shows now of an entry that it took in, by its place in the tree; nil for any other.
    public func entry(at index: Int64) throws -> LogEntry? {
        guard let place = Int(exactly: index), records.indices.contains(place) else { return nil }
        return try records[place].map { try entry(index, $0) }
    }

    /// Where in the tree it has these bytes; nil if it does not.
    public func index(of body: [UInt8]) -> Int64? {
        records.firstIndex { $0?.body.bytes == body }.map(Int64.init)
    }

    private func entry(_ index: Int64, _ record: Record) throws -> LogEntry {
        let body = record.body
        return LogEntry(
            logIndex: earlierEntries + index,
            logID: logID,
            kind: body.kind,
            version: body.version,
            integratedTime: record.time.seconds,
            signedEntryTimestamp: try promise(body.bytes, index: earlierEntries + index, at: record.time),
            inclusionProof: try proof(of: index),
            canonicalizedBody: body.bytes
        )
    }

    /// Takes in entries of others, which nobody asks for, so that the tree has more than one.
    public mutating func addOthers(_ count: Int) {
        for number in 0..<count {
            records.append(nil)
            tree.append(Array("entry \(number) of somebody else".utf8))
        }
    }

    /// Takes in a signature, in the form that the kind of its content has: `hashedrekord` or `dsse`.
    public mutating func add(_ signed: LoggedSignature, at time: Timestamp) throws -> LogEntry {
        switch signed.content {
        case .message: try add(SimulatedLogBody(signed, as: .hashedRekordV001), at: time)
        case .envelope: try add(SimulatedLogBody(signed, as: .dsseV001), at: time)
        }
    }

    /// Signs the promise for an entry.
    public func promise(_ body: [UInt8], index: Int64, at time: Timestamp) throws -> [UInt8] {
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
    public func proof(of index: Int64) throws -> LogEntry.InclusionProof {
        LogEntry.InclusionProof(of: index, in: tree, try checkpoint())
    }

    /// Signs a checkpoint of the current tree.
    public func checkpoint() throws -> SignedNote {
        try sign(Checkpoint(origin: "\(host) - \(treeID)", size: Int64(tree.count), root: tree.root).text)
    }

    /// Signs the text of any checkpoint. The key goes by the beginning of the log's id, whatever its type.
    public func sign(_ text: String) throws -> SignedNote {
        var note = try SignedNote(text: text)
        guard let id = NoteKeyID(prefixOf: logID) else { return note }
        note.add(try NoteSignature(name: host, keyID: id, bytes: try key.sign(Array(text.utf8))))
        return note
    }
}
