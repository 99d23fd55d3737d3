// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import SigningKeys
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("Watching a log")
struct LogClientTests {
    /// Two logs with one key and name, alike for some entries.
    private static func fork(alike: Int) async throws -> (LogScene, LogScene) {
        let key = try PrivateKey.generate(.ed25519)
        let one = try await LogScene(key: key), other = try await LogScene(key: key)
        for scene in [one, other] { try await scene.append(alike, from: 0) }
        return (one, other)
    }

    @Test(
        "A fork, a rewritten log and one that shrank each have their own code",
        arguments: [
            (alike: 300, other: 300, "publish-log.forked"), (alike: 300, other: 301, "publish-log.rewritten"),
            (alike: 0, other: 600, "publish-log.rewritten"), (alike: 300, other: 299, "publish-log.shrunk"),
        ]
    )
    func contradictions(_ alike: Int, _ count: Int, _ code: String) async throws {
        let (one, other) = try await Self.fork(alike: min(alike, 290))
        try await one.append(300 - min(alike, 290), from: min(alike, 290))
        try await other.append(count - min(alike, 290), from: 1000)
        _ = try await one.publish()
        _ = try await other.publish()
        let watch = try await one.watch()
        _ = try await watch.look()
        one.fetcher.turn(to: other)
        #expect(await refusalCode { try await watch.look() } == code)
        #expect(await refusalCode { try await watch.look() } == code)
        // What was seen is still what counts, and what contradicts it is kept as a proof.
        let kept = try FileManager.default.contentsOfDirectory(atPath: one.memory.directory)
        #expect(kept.contains { $0.hasPrefix("evidence-") } == (code != "publish-log.shrunk"))
        one.fetcher.turn(to: one)
        #expect(try await watch.look().previousSize == 300)
    }

    @Test("A log that continues is followed, and a damaged tile is not taken for a rewritten log")
    func continued() async throws {
        let scene = try await LogScene()
        let watch = try await scene.watch()
        try await scene.append(300, from: 0)
        _ = try await scene.publish()
        #expect(try await watch.look().previousSize == nil)
        try await scene.append(300, from: 300)
        _ = try await scene.publish()
        scene.fetcher.serve([UInt8](repeating: 7, count: 8192), at: LogScene.url + "/tile/0/000")
        #expect(try await watch.look().previousSize == 300)
        scene.fetcher.serve([UInt8](repeating: 7, count: 88 * 32), at: LogScene.url + "/tile/0/002.p/88")
        let other = LogWatch(watch.source, policy: watch.policy, memory: watch.memory)
        try watch.memory.keep(try await Self.checkpoint(of: 300, scene))
        #expect(await refusalCode { try await other.look() } == "publish-log.tiles-differ")
    }

    private static func checkpoint(of size: Int, _ scene: LogScene) async throws -> SignedNote {
        var tree = MerkleTree()
        for entry in try await scene.entries().prefix(size) { tree.append(entry) }
        let checkpoint = try Checkpoint(origin: scene.log.origin, size: Int64(size), root: tree.root)
        var note = try SignedNote(text: checkpoint.text)
        // Signed by nobody who matters: what was kept was verified when it was.
        note.add(try NoteSignature(name: "x", keyID: NoteKeyID(ecdsa: []), bytes: [1]))
        return note
    }

    @Test("A log of another key is not believed")
    func otherKey() async throws {
        let one = try await LogScene(), other = try await LogScene()
        _ = try await one.publish()
        _ = try await other.publish()
        let watch = try await one.watch()
        one.fetcher.turn(to: other)
        #expect(await refusalCode { try await watch.look() } == "log-policy.log")
        #expect(await refusalCode { try await other.watch().look() } == nil)
        #expect(
            try await LogSource(LogScene.url, fetcher: other.fetcher).statedKey()
                == other.signer.key(of: other.log.origin)
        )
    }

    @Test(
        "A proof about a file is made from the log, and holds without it, for that file and by that key only"
    )
    func proofs() async throws {
        let scene = try await LogScene()
        try await scene.append(700, from: 0)
        _ = try await scene.publish()
        let watch = try await scene.watch()
        for number in [0, 255, 256, 511, 512, 699] {
            let sha256 = Digest.of(Array("\(number)".utf8))
            let made = try await watch.prove(sha256, of: "p\(number)")
            let proof = try LogProof(parsing: made.proof.encoded())
            #expect(proof == made.proof)
            #expect(proof.index == Int64(number))
            let policy = try await scene.policy()
            #expect(try proof.verifyFile(sha256, of: "p", by: policy).fileName == "p\(number)-1-0.conda")
            #expect(
                refusalCode { try proof.verifyFile(Digest.of([]), of: "p", by: policy) }
                    == "publish-log.not-logged"
            )
            let stranger = LogPolicy(log: try await LogScene().signer.key(of: scene.log.origin))
            #expect(refusalCode { try proof.verifyFile(sha256, of: "p", by: stranger) } == "log-policy.log")
            let moved = LogProof(
                index: proof.index ^ 1,
                hashes: proof.hashes,
                checkpoint: proof.checkpoint,
                extra: proof.extra
            )
            #expect(refusalCode { try moved.verifyFile(sha256, of: "p", by: policy) } == "merkle.root")
        }
        #expect(
            await refusalCode { try await watch.prove(Digest.of([]), of: "x") } == "publish-log.not-logged"
        )
    }

    @Test("What is shown elsewhere is the same history, ahead or behind, or the proof of a fork")
    func elsewhere() async throws {
        let (one, other) = try await Self.fork(alike: 10)
        let mirror = LogFetcher(other.server, log: other.log.id)
        _ = try await one.publish()
        let watch = try await one.watch()
        let there = LogSource(LogScene.url, fetcher: mirror)
        func compared() async throws -> Int64 {
            try await watch.compare(watch.look().checkpoint, with: there).checkpoint.size
        }
        _ = try await other.publish()
        #expect(try await compared() == 10)
        try await one.append(300, from: 10)
        _ = try await one.publish()
        #expect(try await compared() == 10)
        try await other.append(300, from: 10)
        try await other.append(5, from: 500)
        _ = try await other.publish()
        #expect(try await compared() == 315)
        // From here on they are two.
        try await one.append(5, from: 600)
        _ = try await one.publish()
        #expect(await refusalCode { try await compared() } == "publish-log.forked")
        try await one.append(1, from: 700)
        _ = try await one.publish()
        #expect(await refusalCode { try await compared() } == "publish-log.rewritten")
        let kept = try FileManager.default.contentsOfDirectory(atPath: one.memory.directory)
        #expect(kept.contains { $0.hasPrefix("evidence-") })
        // What is seen there is never what counts here.
        #expect(try await watch.look().checkpoint.checkpoint.size == 316)
    }
}
