// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import DurableFiles
import Foundation
import TUF
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

/// A process that dies before a step, for every step. What runs here is stopped by a thrown error, after which none of
/// the publication's own code runs any more.
@Suite("A publication that is interrupted")
struct InterruptionTests {
    struct Death: Error {}

    /// A change to a channel.
    enum Change: CaseIterable, Sendable {
        case addition
        /// Takes a package and its file out, and removes files that nothing has led to for long.
        case removalWithPruning
        case newSubdir
        case renewal
        /// The owner's policy of publishers.
        case publishers
        /// Attestations that somebody put beside a package.
        case sidecar
        /// A ceremony's new root and targets, with another online key.
        case ceremony

        /// When it happens.
        var now: Timestamp {
            switch self {
            case .addition, .newSubdir, .publishers, .sidecar, .ceremony: ChannelScene.start
            case .removalWithPruning: ChannelScene.start.advanced(byDays: 9)
            case .renewal: ChannelScene.start.advanced(bySeconds: 50_000)
            }
        }

        func perform(on scene: ChannelScene, _ observer: @escaping Publication.Observer) async throws {
            switch self {
            case .addition: try await scene.add([.other()], now: now, observer: observer)
            case .removalWithPruning:
                try await scene.remove([.sample()], deletingFiles: true, now: now, observer: observer)
            case .newSubdir:
                var channel = try scene.open(now: now)
                channel.observer = observer
                _ = try await channel.addSubdirs([Subdir("win-64")], now: now)
            case .publishers:
                var channel = try scene.open(now: now)
                channel.observer = observer
                _ = try await channel.setPublisherPolicy(try PublisherScene.policy(), now: now)
            case .sidecar:
                var channel = try scene.open(now: now)
                channel.observer = observer
                _ = try await channel.sign(.whatIsDue, repairing: false, now: now)
            case .renewal:
                var channel = try scene.open(now: now)
                channel.observer = observer
                _ = try await channel.sign(.everything, repairing: false, now: now)
            case .ceremony:
                let finished = try await scene.ceremony { try $0.replace(.key($1), by: $2, named: nil) }
                var channel = try scene.open(now: now)
                channel.observer = observer
                _ = try await channel.publish(finished, now: now)
            }
        }
    }

    /// What readers can see. Signatures need not come out the same twice, so of metadata the names count.
    private static func state(_ scene: ChannelScene) throws -> [String: Digest?] {
        var state: [String: Digest?] = [:]
        for (path, digest) in try scene.files() {
            state[path] = path.hasPrefix("tuf/") && path != "tuf/timestamp.json" ? .some(nil) : digest
        }
        return state
    }

    private static func isSame(_ a: [String: Digest?], _ b: [String: Digest?]) -> Bool {
        Set(a.keys) == Set(b.keys) && a.allSatisfy { $0.key.hasPrefix("tuf/") || b[$0.key] == $0.value }
    }

    /// A channel with one package, and superseded files from before it came.
    private static func original(_ change: Change) async throws -> ChannelScene {
        let scene = try await ChannelScene.make()
        try await scene.add([.sample()])
        if change == .sidecar {
            let world = try PublisherScene(scene)
            try world.put(try world.sidecar(of: .sample()), beside: .sample())
        }
        return scene
    }

    /// Performs a change that dies before a step; says whether it came to its end instead.
    private static func dies(_ change: Change, on scene: ChannelScene, before step: Int) async throws -> Bool
    {
        var count = -1
        do {
            try await change.perform(on: scene) { _ in
                count += 1
                if count == step { throw Death() }
            }
            return false
        } catch is Death {
            return true
        }
    }

    @Test("Before every step: the channel is as before or as after, and verifies", arguments: Change.allCases)
    func everyStep(_ change: Change) async throws {
        let original = try await Self.original(change)
        let old = try Self.state(original)
        let finished = try original.copy()
        try await change.perform(on: finished) { _ in }
        let new = try Self.state(finished)
        var outcomes: [Bool] = []
        for step in 0..<500 {
            let scene = try original.copy()
            guard try await Self.dies(change, on: scene, before: step) else { break }
            // Whoever comes first finishes it: a check by somebody without keys, or the owner.
            if step.isMultiple(of: 2) { try scene.check() } else { _ = try scene.open(now: change.now) }
            let found = try Self.state(scene)
            let isOld = found == old
            #expect(isOld || Self.isSame(found, new), "died before step \(step)")
            #expect(!Publication.isPending(scene.directory))
            #expect(try Folder.names(in: scene.directory + "/.kingsnake") == ["lock"] || isOld)
            try scene.check()
            outcomes.append(isOld)
        }
        // Old up to the commit, new from there on, with a fair number of steps on either side.
        #expect(outcomes.count > 8)
        #expect(
            outcomes == outcomes.sorted { $0 && !$1 } && outcomes.contains(true) && outcomes.contains(false)
        )
    }

    @Test(
        "A recovery that is interrupted before every step is finished by the next",
        arguments: Change.allCases
    )
    func recoveryToo(_ change: Change) async throws {
        let original = try await Self.original(change)
        let finished = try original.copy()
        var steps: [Publication.Step] = []
        try await change.perform(on: finished) { steps.append($0) }
        let new = Set(try Self.state(finished).keys)
        let commit = try #require(steps.firstIndex(of: .committing))
        // Died right after the commit, in the middle, and before the very last step.
        for death in [commit + 1, (commit + steps.count) / 2, steps.count - 2] {
            let committed = try original.copy()
            #expect(try await Self.dies(change, on: committed, before: death))
            for step in 0..<500 {
                let scene = try committed.copy()
                var count = -1
                let isDone: Bool = try {
                    do {
                        try Publication.recover(scene.directory) { _ in
                            count += 1
                            if count == step { throw Death() }
                        }
                        return true
                    } catch is Death { return false }
                }()
                try scene.check()
                #expect(Set(try Self.state(scene).keys) == new, "died before steps \(death) and \(step)")
                if isDone { break }
            }
        }
    }

    @Test("While a publication is under way, readers find a channel that is whole at every step")
    func readersMeanwhile() async throws {
        for change in [Change.addition, .renewal, .newSubdir, .publishers, .sidecar] {
            let scene = try await Self.original(change)
            let root = try scene.folder.read("channel/tuf/1.root.json")
            var count = 0
            try await change.perform(on: scene) { _ in
                count += 1
                // A copy, for a check of the channel itself would wait for the lock that the writer has.
                let copy = try scene.copy()
                try FileManager.default.removeItem(atPath: copy.directory + "/.kingsnake")
                try Reader(copy.directory, root: root, now: change.now).readEverything()
            }
            #expect(count > 8)
        }
    }

    @Test("While an online key is replaced, readers refuse nothing but the old timestamp under the new root")
    func readersMeanwhileOfCeremony() async throws {
        let scene = try await Self.original(.ceremony)
        let root = try scene.folder.read("channel/tuf/1.root.json")
        var refused: [Publication.Step] = []
        try await Change.ceremony.perform(on: scene) { step in
            let copy = try scene.copy()
            try FileManager.default.removeItem(atPath: copy.directory + "/.kingsnake")
            let reader = Reader(copy.directory, root: root, now: Change.ceremony.now)
            if let code = refusalCode({ try reader.readEverything() }) {
                #expect(code == "tuf.signatures")
                refused.append(step)
            }
        }
        #expect(refused == [.moving("tuf/timestamp.json")])
    }
}
