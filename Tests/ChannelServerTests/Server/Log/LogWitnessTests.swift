// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import Synchronization
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

/// A witness as C2SP tlog-witness has it, behind no network.
final class SimulatedWitness: ServiceCaller {
    struct State {
        var size: Int64 = 0
        var root = MerkleHash.empty
        var isAway = false
        var asked = 0
    }

    let key: PrivateKey
    let name: String
    private let log: Mutex<NoteVerifier?>
    let state = Mutex(State())

    init(_ name: String) throws {
        self.name = name
        key = try PrivateKey.generate(.ed25519)
        log = Mutex(nil)
    }

    func trust(_ key: NoteKey) { log.withLock { $0 = key.verifier } }

    func noteKey() throws -> NoteKey {
        try NoteKey(
            name: name,
            use: .cosignatures,
            key: VerificationKey(subjectPublicKeyInfo: key.publicKey.subjectPublicKeyInfo)
        )
    }

    func send(_ request: ServiceRequest) async throws -> ServiceResponse {
        let verifier = log.withLock { $0 }
        return try state.withLock { state in
            state.asked += 1
            guard !state.isAway else { throw Failure(.network, "nobody answers") }
            guard request.url.hasSuffix("/add-checkpoint"), let verifier else {
                return ServiceResponse(status: 404)
            }
            let text = String(decoding: request.body, as: UTF8.self)
            let split = try #require(text.firstRange(of: "\n\n"))
            let lines = text[..<split.lowerBound].split(separator: "\n")
            let note = try SignedNote(parsing: Array(text[split.upperBound...].utf8))
            try note.verify(by: verifier)
            let checkpoint = try Checkpoint(text: note.text)
            let old = try #require(Int64(lines[0].dropFirst(4)))
            guard old == state.size else {
                return ServiceResponse(status: 409, body: Array("\(state.size)\n".utf8))
            }
            let proof = lines.dropFirst().compactMap { Base64.decode(String($0)) }
            if old > 0 {
                do {
                    try MerkleProof.verifyConsistency(
                        size1: old,
                        size2: checkpoint.size,
                        hashes: proof,
                        root1: state.root,
                        root2: checkpoint.root
                    )
                } catch { return ServiceResponse(status: 422) }
            }
            state.size = checkpoint.size
            state.root = checkpoint.root
            let time = Timestamp(seconds: 1_800_000_000)
            let signature = try key.sign(Cosignature.message(for: Array(note.text.utf8), at: time))
            let cosignature = try #require(Cosignature(time: time, signature: signature))
            var own = try SignedNote(text: note.text)
            own.add(try NoteSignature(name: name, keyID: noteKey().keyID, bytes: cosignature.encoded))
            return ServiceResponse(
                status: 200,
                body: Array(own.encoded().dropFirst(note.text.utf8.count + 1))
            )
        }
    }
}

@Suite("Witnesses of a log")
struct LogWitnessTests {
    private static func scene() async throws -> (LogScene, SimulatedWitness, LogWitnesses) {
        let scene = try await LogScene()
        let witness = try SimulatedWitness("witness.example/w")
        witness.trust(try await scene.signer.key(of: scene.log.origin))
        let text = "witness w \(try witness.noteKey()) https://witness.example/\nquorum w\n"
        let policy = try LogPolicy(parsing: Array(text.utf8))
        return (scene, witness, LogWitnesses(policy: policy, caller: witness))
    }

    @Test("A checkpoint carries the cosignatures that the policy demands, as it grows")
    func cosigned() async throws {
        let (scene, witness, witnesses) = try await Self.scene()
        let policy = witnesses.policy.with(log: try await scene.signer.key(of: scene.log.origin))
        let watch = LogWatch(
            LogSource(LogScene.url, fetcher: scene.fetcher),
            policy: policy,
            memory: scene.memory
        )
        var size = 0
        for step in [3, 1, 300] {
            try await scene.append(step, from: size)
            size += step
            #expect(try await scene.publish(witnesses: witnesses).size == Int64(size))
            let verified = try await watch.look().checkpoint
            #expect(verified.witnesses.map(\.name) == ["w"])
        }
        #expect(witness.state.withLock { $0.size } == 304)
    }

    @Test("Without a quorum the last checkpoint stays, and the new one comes when the witness is back")
    func late() async throws {
        let (scene, witness, witnesses) = try await Self.scene()
        try await scene.append(2, from: 0)
        _ = try await scene.publish(witnesses: witnesses)
        witness.state.withLock { $0.isAway = true }
        try await scene.append(2, from: 2)
        guard case .waitingForWitnesses(4) = try await scene.publish(witnesses: witnesses) else {
            Issue.record("it did not wait")
            return
        }
        #expect(try await scene.watch().look().checkpoint.checkpoint.size == 2)
        try await scene.append(2, from: 4)
        witness.state.withLock { $0.isAway = false }
        #expect(try await scene.publish(witnesses: witnesses).size == 6)
        #expect(try await scene.watch().look().checkpoint.checkpoint.size == 6)
    }

    @Test("A witness that saw the log before is asked again with the size that it names")
    func conflict() async throws {
        let (scene, witness, witnesses) = try await Self.scene()
        try await scene.append(2, from: 0)
        _ = try await scene.publish(witnesses: witnesses)
        // Dies after the witness cosigned: it has seen more than was published.
        try await scene.append(3, from: 2)
        struct Died: Error {}
        _ = try await scene.publisher(witnesses: witnesses) {
            if $0 == .cosigned, witness.state.withLock({ $0.size }) == 5 { throw Died() }
        }
        .publish()
        #expect(witness.state.withLock { $0.size } == 5)
        #expect(try await scene.publish(witnesses: witnesses).size == 5)
        #expect(try await scene.watch().look().checkpoint.checkpoint.size == 5)
    }

    @Test("A witness that refuses, or that saw another tree, does not count")
    func refuses() async throws {
        let (scene, witness, witnesses) = try await Self.scene()
        witness.state.withLock { $0.size = 1 }
        try await scene.append(2, from: 0)
        guard case .waitingForWitnesses = try await scene.publish(witnesses: witnesses) else {
            Issue.record("it did not wait")
            return
        }
    }

    @Test("A cosignature under another text than the checkpoint's does not count, nor spoils it")
    func otherText() async throws {
        let (scene, witness, witnesses) = try await Self.scene()
        let checkpoint = try await scene.signer.sign(
            Checkpoint(origin: scene.log.origin, size: 0, root: MerkleHash.empty)
        )
        let known = try #require(witnesses.policy.witnesses.first)
        let time = Timestamp(seconds: 1_800_000_000)
        func answer(after text: String) throws -> [UInt8] {
            let signed = Array((checkpoint.text + text).utf8)
            let signature = try witness.key.sign(Cosignature.message(for: signed, at: time))
            let cosignature = try #require(Cosignature(time: time, signature: signature))
            var own = try SignedNote(text: checkpoint.text + text)
            own.add(
                try NoteSignature(
                    name: witness.name,
                    keyID: witness.noteKey().keyID,
                    bytes: cosignature.encoded
                )
            )
            return Array(own.encoded().dropFirst(checkpoint.text.utf8.count + 1))
        }
        let good = try LogWitnesses.cosignatures(in: answer(after: ""), under: checkpoint, by: known)
        #expect(good.count == 1)
        #expect(throws: Failure.self) {
            try LogWitnesses.cosignatures(in: answer(after: "\nmore\n"), under: checkpoint, by: known)
        }
    }

    @Test("A private channel's log is shown to no witness")
    func hidden() async throws {
        let (scene, witness, witnesses) = try await Self.scene()
        let hidden = try await scene.server.channel("hidden", .members)
        let entry = scene.entry(1), url = scene.server.parts.publicURL
        try await scene.server.database.write { _ = try $0.append(entry, of: hidden, publicURL: url) }
        let outcomes = try await scene.publisher(witnesses: witnesses).publish()
        #expect(outcomes.map(\.state.size) == [0, 1])
        // The server's own, without entries, and no other.
        #expect(witness.state.withLock { $0.asked } == 1)
    }
}
