// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// Whose word about a log counts: the logs' keys, and which witnesses must have cosigned (C2SP tlog-policy).
///
/// A checkpoint counts that one of the logs signed and enough of the witnesses cosigned. How old it is is not
/// asked.
public struct LogPolicy: Sendable, Hashable {
    /// A log, and where it is.
    public struct Log: Sendable, Hashable {
        /// Its key, named as its checkpoints' origin.
        public let key: NoteKey
        /// Its URL, if the file has it.
        public let url: String?
    }

    /// A witness, and where it takes checkpoints.
    public struct Witness: Sendable, Hashable {
        /// What the file calls it.
        public let name: String
        /// Its key.
        public let key: NoteKey
        /// The URL below which it takes checkpoints, if the file has it.
        public let url: String?
    }

    /// So many of some witnesses or groups.
    struct Group: Sendable, Hashable {
        let threshold: Int
        let members: [ByteKey]
    }

    /// The logs.
    public internal(set) var logs: [Log] = []
    /// The witnesses, in the order of the file.
    public internal(set) var witnesses: [Witness] = []
    var groups: [ByteKey: Group] = [:]
    /// Nil where no witness is needed.
    var quorum: ByteKey?

    /// Says that one log counts, whoever cosigned or did not.
    public init(log: NoteKey) { logs = [Log(key: log, url: nil)] }

    init() {}

    /// Whether no witness needs to have cosigned.
    public var demandsNoWitness: Bool { quorum == nil }

    /// The same rule about witnesses, for a log that is known from elsewhere.
    public func with(log: NoteKey) -> LogPolicy {
        var policy = self
        policy.logs = [Log(key: log, url: nil)]
        return policy
    }

    /// Whether witnesses of these names are enough.
    public func isQuorum(_ names: [String]) -> Bool {
        guard let quorum else { return true }
        let present = Set(names.map { ByteKey($0) })
        return isWitnessed(quorum, by: present)
    }

    /// Groups name what stands before them only, so this ends.
    private func isWitnessed(_ name: ByteKey, by present: Set<ByteKey>) -> Bool {
        guard let group = groups[name] else { return present.contains(name) }
        return group.members.count { isWitnessed($0, by: present) } >= group.threshold
    }

    /// Verifies a checkpoint.
    ///
    /// - Throws: `log-policy.log` if none of the logs signed it, `log-policy.quorum` if too few witnesses
    ///   did, `note.signature` for a signature that bears a known key's id and is not by it, or a `note.…`
    ///   code for what is no checkpoint.
    public func verify(_ note: SignedNote) throws -> VerifiedCheckpoint {
        let checkpoint = try Checkpoint(text: note.text)
        let own = logs.filter { ByteKey.areEqual($0.key.name, checkpoint.origin) }
        let signed = own.filter { log in note.signatures.contains(where: log.key.verifier.isNamed) }
        guard !signed.isEmpty else {
            throw Refusal(
                LogPolicyCode.log,
                "checkpoint of `\(checkpoint.origin)`",
                expected: "a signature of "
                    + logs.map { "`\($0.key.name)` \($0.key.keyID)" }.joined(separator: ", "),
                found: note.signatures.map { "`\($0.name)` \($0.keyID)" }.joined(separator: ", ")
            )
        }
        for log in signed { try note.verify(by: log.key.verifier) }
        var cosigned: [VerifiedCheckpoint.Witness] = []
        for witness in witnesses where note.signatures.contains(where: witness.key.verifier.isNamed) {
            let times = try note.verify(by: witness.key.verifier).compactMap { Cosignature($0.bytes)?.time }
            guard let time = times.max() else { continue }
            cosigned.append(VerifiedCheckpoint.Witness(name: witness.name, time: time))
        }
        guard isQuorum(cosigned.map(\.name)) else {
            throw Refusal(
                LogPolicyCode.quorum,
                "checkpoint of `\(checkpoint.origin)`",
                expected: "`\(quorum?.text ?? "none")` of the policy",
                found: cosigned.isEmpty ? "no witness" : cosigned.map(\.name).joined(separator: ", ")
            )
        }
        return VerifiedCheckpoint(checkpoint: checkpoint, note: note, witnesses: cosigned)
    }
}

/// A log's word about its tree, signed by a key that counts, and cosigned as the policy demands.
///
/// Only ``LogPolicy/verify(_:)`` makes them. That the tree is the continuation of another is not known by it.
public struct VerifiedCheckpoint: Sendable, Hashable {
    /// A witness that cosigned.
    public struct Witness: Sendable, Hashable {
        /// What the policy calls it.
        public let name: String
        /// When it cosigned, by its own word.
        public let time: Timestamp
    }

    /// What the log says.
    public let checkpoint: Checkpoint
    /// The signatures under it, unknown ones among them.
    public let note: SignedNote
    /// The known witnesses that cosigned.
    public let witnesses: [Witness]

    init(checkpoint: Checkpoint, note: SignedNote, witnesses: [Witness]) {
        self.checkpoint = checkpoint
        self.note = note
        self.witnesses = witnesses
    }
}
