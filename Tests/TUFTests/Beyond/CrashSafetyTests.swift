// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import Synchronization
import TestSupport
import Testing
import TrustCore

@testable import TUF

/// A client that is killed between any two changes of its store.
@Suite("A client that is killed")
struct CrashSafetyTests {
    /// A store whose owner dies after so many changes.
    private final class MortalStore: MetadataStore {
        struct Death: Error {}

        let survivor: InMemoryMetadataStore
        private let life: Mutex<Int>

        init(_ survivor: InMemoryMetadataStore, changes: Int) {
            self.survivor = survivor
            life = Mutex(changes)
        }

        func read(_ file: StoredMetadata) -> [UInt8]? { survivor.read(file) }
        func lock() async throws -> any StoreLock { try await InMemoryMetadataStore().lock() }
        func write(_ bytes: [UInt8], as file: StoredMetadata) throws {
            try age()
            survivor.write(bytes, as: file)
        }
        func remove(_ file: StoredMetadata) throws {
            try age()
            survivor.remove(file)
        }

        private func age() throws {
            try life.withLock { life in
                guard life > 0 else { throw Death() }
                life -= 1
            }
        }
    }

    private static func client(_ scene: Scene, _ store: any MetadataStore) -> Updater {
        scene.server.files = scene.repository.files
        return Updater(
            trustedRoot: scene.pinnedRoot,
            metadataURL: MemoryServer.url,
            store: store,
            fetcher: scene.server,
            now: scene.now
        )
    }

    /// A repository at version 5, one that went on from it, and how many changes an update between them makes.
    private static func repositories(rotating: Bool) throws -> (old: Scene, new: SimulatedRepository) {
        let old = try Scene {
            try $0.delegate(["*"], to: "role")
            try $0.add("file", to: "role")
            for header in [\SimulatedRepository.targets.header, \.snapshot.header, \.timestamp.header] {
                $0[keyPath: header] = SimulatedRepository.header(5)
            }
            $0.delegates["role"]?.header = SimulatedRepository.header(5)
        }
        var new = old.repository
        try new.bumpRoot()
        if rotating { try new.bumpRoot { for kind in MetadataKind.allCases { try $0.rotate(kind) } } }
        new.targets.header = SimulatedRepository.header(6)
        new.delegates["role"]?.header = SimulatedRepository.header(6)
        try new.publishNext()
        return (old, new)
    }

    @Test(
        "Wherever it is killed, its next update succeeds, and nobody can roll it back",
        arguments: [false, true]
    )
    func killedAnywhere(rotating: Bool) async throws {
        let (old, new) = try Self.repositories(rotating: rotating)
        var deaths = 0
        for changes in 0..<20 {
            let survivor = InMemoryMetadataStore()
            var scene = old
            #expect(try await Self.client(scene, survivor).target("file") != nil)
            scene.repository = new
            do {
                _ = try await Self.client(scene, MortalStore(survivor, changes: changes)).target("file")
            } catch is MortalStore.Death { deaths += 1 }
            let state = survivor.contents
            // The old repository again: refused, or the store has not seen anything newer yet.
            let stored = try Self.storedTimestamp(survivor)
            scene.repository = old.repository
            scene.repository.files.merge(new.files.filter { $0.key.hasSuffix(".root.json") }) { $1 }
            let code = await refusalCode { try await Self.client(scene, survivor).refresh() }
            if rotating {
                // The old timestamp is not signed by the keys that count now.
                #expect(code == "tuf.signatures")
            } else {
                #expect(code == (stored == 6 ? "tuf.rollback" : nil))
            }
            // And from the state in which it died, to the newest.
            let again = InMemoryMetadataStore(state)
            scene.repository = new
            #expect(try await Self.client(scene, again).target("file")?.role == "role")
            #expect(try Self.storedTimestamp(again) == 6)
        }
        // Two roots, timestamp, snapshot, targets and the role; a rotation adds a root, two removals, and the
        // note that removals are under way, which is written first and taken away last.
        #expect(deaths == (rotating ? 11 : 6))
    }

    private static func storedTimestamp(_ store: InMemoryMetadataStore) throws -> Int64? {
        try store.read(.role(.timestamp)).map {
            try SignedMetadata<TimestampMetadata>(parsing: $0, as: .timestamp).role.version
        }
    }

    @Test("Half a file, or none, in place of any stored one is fetched again")
    func torn() async throws {
        let (scene, _) = try Self.repositories(rotating: false)
        _ = try await scene.client().target("file")
        let whole = scene.store.contents
        for (file, bytes) in whole {
            for length in [0, 1, bytes.count / 2, bytes.count - 1] {
                scene.store.write(Array(bytes.prefix(length)), as: file)
                #expect(try await scene.client().target("file") != nil)
                #expect(scene.store.contents == whole)
            }
        }
    }
}
