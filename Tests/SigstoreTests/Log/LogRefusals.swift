// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import Sigstore
import TestSupport
import Testing
import TrustCore

/// The smallest change to a good entry that must be refused, with its number among the cases that a verifier
/// of Sigstore bundles must refuse; 0 for those that are only ours.
struct LogRefusal: Sendable, CustomTestStringConvertible {
    let item: Int
    let claim: String
    let code: String
    let provoke: @Sendable (inout LogWorld) throws -> Void

    var testDescription: String { "\(item): \(claim)" }

    init(
        _ item: Int,
        _ claim: String,
        _ code: String,
        _ provoke: @escaping @Sendable (inout LogWorld) throws -> Void
    ) {
        (self.item, self.claim, self.code, self.provoke) = (item, claim, code, provoke)
    }

    static let all = presence + times + promises + proofs + checkpoints + logs + kinds + bodies + bindings
}

// MARK: - What there is, and when it was

extension LogRefusal {
    static let presence = [
        LogRefusal(10, "more than 32 entries", "log.too-many-entries") { world in
            let entry = try world.v1.add(world.message, at: LogWorld.time)
            _ = try LogVerifier(world.root()).verify(
                Array(repeating: entry, count: 33),
                version: .v03,
                signed: world.message
            )
        },
        LogRefusal(11, "version 0.1 without a promise", "log.promise-missing") { world in
            let entry = try world.v1.add(world.message, at: LogWorld.time)
            try world.verify(entry.changed(promise: .some(nil)), version: .v01, timestamps: [LogWorld.moment])
        },
        LogRefusal(11, "version 0.1 with an entry of Rekor v2", "log.promise-missing") { world in
            let entry = try world.v2.add(world.message).changed(promise: .some([1]))
            try world.verify(entry, version: .v01, timestamps: [LogWorld.moment])
        },
        LogRefusal(11, "version 0.2 without a proof", "log.proof-missing") { world in
            let entry = try world.v1.add(world.message, at: LogWorld.time)
            try world.verify(entry.changed(proof: .some(nil)), version: .v02)
        },
        LogRefusal(11, "version 0.3 without a proof", "log.proof-missing") { world in
            let entry = try world.v2.add(world.message)
            try world.verify(entry.changed(proof: .some(nil)), timestamps: [LogWorld.moment])
        },
        LogRefusal(11, "version 0.2 without a checkpoint", "log.checkpoint-missing") { world in
            let entry = try world.v1.add(world.message, at: LogWorld.time)
            try world.verify(entry.proof(checkpoint: ""), version: .v02)
        },
        LogRefusal(0, "no entry", "log.no-entry") { world in try world.verify() },
    ]

    static let times = [
        LogRefusal(12, "no verified time", "log.no-time") { world in
            let entry = try world.v1.add(world.message, at: LogWorld.time)
            try world.verify(entry.changed(integratedTime: 0, promise: .some(nil)))
        },
        LogRefusal(13, "Rekor v2 without a timestamp", "log.timestamp-required") { world in
            try world.verify(world.v2.add(world.message))
        },
        LogRefusal(13, "Rekor v2 with a time of its own", "log.timestamp-required") { world in
            let entry = try world.v2.add(world.message)
            let time = LogWorld.time.seconds
            let promise = try world.v1.promise(entry.canonicalizedBody, index: 5, at: LogWorld.time)
            try world.verify(entry.changed(integratedTime: time, promise: .some(promise)))
        },
        LogRefusal(14, "a time without a promise", "log.unsigned-time") { world in
            let entry = try world.v1.add(world.message, at: LogWorld.time)
            try world.verify(entry.changed(promise: .some(nil)))
        },
        LogRefusal(48, "the log's key is not yet in use", "log.key-period") { world in
            let entry = try world.v1.add(world.message, at: LogWorld.time)
            let later = ValidityPeriod(start: Moment(LogWorld.time.advanced(bySeconds: 1)), end: nil)
            try world.verify(entry, timestamps: [Moment(LogWorld.time.advanced(bySeconds: 9))], period: later)
        },
        LogRefusal(48, "the log's key is no longer in use", "log.key-period") { world in
            let entry = try world.v1.add(world.message, at: LogWorld.time.advanced(bySeconds: 1_001))
            try world.verify(entry, timestamps: [LogWorld.moment])
        },
        LogRefusal(48, "the key of a Rekor v2 does not count at one of two timestamps", "log.key-period") {
            world in
            let entry = try world.v2.add(world.message)
            let late = Moment(LogWorld.time.advanced(bySeconds: 1_001))
            try world.verify(entry, timestamps: [LogWorld.moment, late])
        },
    ]

    static let promises: [LogRefusal] = {
        typealias Change = @Sendable (inout LogWorld, LogEntry) throws -> LogEntry
        let changes: [(String, Change)] = [
            (
                "a promise with a bit flipped",
                { _, entry in
                    var promise = entry.signedEntryTimestamp ?? []
                    promise[promise.count - 1] ^= 1
                    return entry.changed(promise: .some(promise))
                }
            ),
            ("an empty promise", { _, entry in entry.changed(promise: .some([])) }),
            ("a promise for another index", { _, entry in entry.changed(logIndex: entry.logIndex + 1) }),
            (
                "a promise for the index in the proof",
                { world, entry in
                    let index = entry.inclusionProof?.logIndex ?? 0
                    let promise = try world.v1.promise(
                        entry.canonicalizedBody,
                        index: index,
                        at: LogWorld.time
                    )
                    return entry.changed(promise: .some(promise))
                }
            ),
            (
                "a promise for another time",
                { _, entry in
                    entry.changed(integratedTime: entry.integratedTime + 1)
                }
            ),
            (
                "a promise for another body",
                { world, entry in
                    let promise = try world.v1.promise([], index: entry.logIndex, at: LogWorld.time)
                    return entry.changed(promise: .some(promise))
                }
            ),
            (
                "another log's promise",
                { _, entry in
                    let other = try SimulatedRekorV1()
                    let promise = try other.promise(
                        entry.canonicalizedBody,
                        index: entry.logIndex,
                        at: LogWorld.time
                    )
                    return entry.changed(promise: .some(promise))
                }
            ),
        ]
        return changes.map { claim, change in
            LogRefusal(15, claim, "log.promise") { world in
                let entry = try change(&world, try world.v1.add(world.message, at: LogWorld.time))
                // A timestamp does not make up for it.
                try world.verify(entry, timestamps: [LogWorld.moment])
            }
        }
    }()
}

// MARK: - Proofs and checkpoints

extension LogRefusal {
    private static func v1(
        _ item: Int,
        _ claim: String,
        _ code: String,
        _ change: @escaping @Sendable (LogEntry, LogWorld) throws -> LogEntry
    ) -> LogRefusal {
        LogRefusal(item, claim, code) { world in
            let entry = try world.v1.add(world.message, at: LogWorld.time)
            try world.verify(try change(entry, world))
        }
    }

    private static func v2(
        _ item: Int,
        _ claim: String,
        _ code: String,
        _ change: @escaping @Sendable (LogEntry, LogWorld) throws -> LogEntry
    ) -> LogRefusal {
        LogRefusal(item, claim, code) { world in
            let entry = try world.v2.add(world.message)
            try world.verify(try change(entry, world), timestamps: [LogWorld.moment])
        }
    }

    static let proofs = [
        v1(42, "a bit of a hash flipped", "merkle.root") { entry, _ in
            entry.proof { hashes in
                var changed = hashes
                changed[0][0] ^= 1
                return changed
            }
        },
        v1(42, "a hash too many", "merkle.proof-length") { entry, _ in entry.proof { $0 + [$0[0]] } },
        v1(42, "a hash too few", "merkle.proof-length") { entry, _ in entry.proof { $0.dropLast() } },
        v1(42, "a hash that is too long", "merkle.hash-length") { entry, _ in
            entry.proof { [$0[0] + [0]] + $0.dropFirst() }
        },
        v1(42, "the proof of another entry", "merkle.root") { entry, world in
            entry.changed(proof: .some(try world.v1.proof(of: 0)))
        },
        v1(42, "another body", "merkle.root") { entry, world in
            let other = world.changed(world.message, signature: [1])
            return entry.changed(body: try SimulatedLogBody(other, as: .hashedRekordV001).bytes)
        },
        LogRefusal(42, "version 0.1 with a wrong proof beside the promise", "merkle.root") { world in
            let entry = try world.v1.add(world.message, at: LogWorld.time)
            try world.verify(entry.proof(root: MerkleHash.empty, checkpoint: ""), version: .v01)
        },
        v1(43, "an index that is the size", "merkle.index") { entry, _ in
            entry.proof(logIndex: entry.inclusionProof?.treeSize)
        },
        v1(43, "an index below 0", "merkle.index") { entry, _ in entry.proof(logIndex: -1) },
        v1(43, "the global index as that of the tree", "merkle.index") { entry, _ in
            entry.proof(logIndex: entry.logIndex)
        },
        v1(43, "a size below 0", "merkle.index") { entry, _ in entry.proof(size: -1) },
        v2(0, "an index of a Rekor v2 that is not the proof's", "log.index") { entry, _ in
            entry.changed(logIndex: entry.logIndex + 1)
        },
        v1(44, "a checkpoint with another root", "log.checkpoint-root") { entry, world in
            let size = Int64(world.v1.tree.count)
            let other = try Checkpoint(origin: "rekor.example - 42", size: size, root: MerkleHash.empty)
            return entry.proof(checkpoint: try world.v1.sign(other.text).inProof)
        },
        v1(45, "a checkpoint with another size", "log.checkpoint-size") { entry, world in
            let other = try Checkpoint(origin: "rekor.example - 42", size: 7, root: world.v1.tree.root)
            return entry.proof(checkpoint: try world.v1.sign(other.text).inProof)
        },
    ]

    static let checkpoints: [LogRefusal] = {
        @Sendable func text(_ world: LogWorld, without line: Int) throws -> String {
            var lines = try world.v2.checkpoint().text.split(separator: "\n")
            lines.remove(at: line)
            return lines.map { $0 + "\n" }.joined()
        }
        return [
            v2(46, "a signature with a bit flipped", "note.signature") { entry, world in
                let note = try world.v2.checkpoint()
                var bytes = note.signatures[0].bytes
                bytes[9] ^= 1
                var changed = try SignedNote(text: note.text)
                changed.add(
                    try NoteSignature(name: world.v2.host, keyID: note.signatures[0].keyID, bytes: bytes)
                )
                return entry.proof(checkpoint: changed.inProof)
            },
            v2(46, "an unknown key id", "note.signer-key") { entry, world in
                let note = try world.v2.checkpoint()
                var changed = try SignedNote(text: note.text)
                guard let id = NoteKeyID(prefixOf: [1, 2, 3, 4]) else { return entry }
                changed.add(
                    try NoteSignature(name: world.v2.host, keyID: id, bytes: note.signatures[0].bytes)
                )
                return entry.proof(checkpoint: changed.inProof)
            },
            v2(46, "another name", "note.signer-name") { entry, world in
                let other = try SimulatedRekorV2(host: "other.example", key: world.v2.key)
                return entry.proof(checkpoint: try other.sign(world.v2.checkpoint().text).inProof)
            },
            v2(46, "another origin", "log.checkpoint-origin") { entry, world in
                let size = Int64(world.v2.tree.count)
                let other = try Checkpoint(origin: "other.example", size: size, root: world.v2.tree.root)
                return entry.proof(checkpoint: try world.v2.sign(other.text).inProof)
            },
            v2(46, "the origin of a tree of Rekor v1 in Rekor v2", "log.checkpoint-origin") { entry, world in
                let size = Int64(world.v2.tree.count)
                let other = try Checkpoint(
                    origin: "\(world.v2.host) - 1",
                    size: size,
                    root: world.v2.tree.root
                )
                return entry.proof(checkpoint: try world.v2.sign(other.text).inProof)
            },
            v1(46, "an origin that only begins like the log's", "log.checkpoint-origin") { entry, world in
                let size = Int64(world.v1.tree.count)
                let other = try Checkpoint(origin: "rekor.example.org", size: size, root: world.v1.tree.root)
                return entry.proof(checkpoint: try world.v1.sign(other.text).inProof)
            },
            v2(46, "no origin", "note.checkpoint-origin") { entry, world in
                entry.proof(checkpoint: try world.v2.sign(text(world, without: 0)).inProof)
            },
            v2(46, "no size", "note.checkpoint-size") { entry, world in
                entry.proof(checkpoint: try world.v2.sign(text(world, without: 1)).inProof)
            },
            v2(46, "no root", "note.checkpoint-root") { entry, world in
                entry.proof(checkpoint: try world.v2.sign(text(world, without: 2)).inProof)
            },
            v2(46, "no signature", "note.unsigned") { entry, world in
                entry.proof(checkpoint: try world.v2.checkpoint().text + "\n")
            },
        ]
    }()

    static let logs = [
        v1(47, "a log that the root does not have", "log.unknown-log") { entry, _ in
            var other = try SimulatedRekorV1()
            return try other.add(
                SimulatedLogBody(kind: entry.kind, version: entry.version, bytes: entry.canonicalizedBody),
                at: LogWorld.time
            )
        },
        v1(47, "no log's name", "log.unknown-log") { entry, _ in entry.changed(logID: []) },
        v1(47, "the name of the other log", "note.signer-name") { entry, world in
            entry.changed(logID: world.v2.logID)
        },
        LogRefusal(52, "one log twice", "log.threshold") { world in
            let first = try world.v1.add(world.message, at: LogWorld.time)
            let second = try world.v1.add(world.message, at: LogWorld.time)
            try world.verify(first, second, threshold: 2)
        },
    ]
}
