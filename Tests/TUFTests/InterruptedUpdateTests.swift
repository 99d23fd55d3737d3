// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Synchronization
import TestSupport
import Testing
import TrustCore

@testable import TUF

@Suite("Updates that end between two changes of the store")
struct InterruptedUpdateTests {
    /// A store whose user dies after so many changes.
    private final class MortalStore: MetadataStore {
        private let store: InMemoryMetadataStore
        private let left: Mutex<Int>

        init(_ store: InMemoryMetadataStore, changes: Int) {
            self.store = store
            left = Mutex(changes)
        }

        private func change() throws {
            try left.withLock { left in
                guard left > 0 else { throw Failure(.disk, "the process was killed") }
                left -= 1
            }
        }

        func read(_ file: StoredMetadata) -> [UInt8]? { store.read(file) }
        func write(_ bytes: [UInt8], as file: StoredMetadata) throws {
            try change()
            store.write(bytes, as: file)
        }
        func remove(_ file: StoredMetadata) throws {
            try change()
            store.remove(file)
        }
        func lock() async throws -> any StoreLock { try await store.lock() }
    }

    private static func refresh(_ scene: Scene, _ files: [String: [UInt8]], over store: any MetadataStore)
        async throws
    {
        scene.server.files = files
        try await Updater(
            trustedRoot: scene.pinnedRoot,
            metadataURL: MemoryServer.url,
            store: store,
            fetcher: scene.server,
            now: scene.now
        ).refresh()
    }

    /// The changes of the update that is cut off: the pinned root, which is there already; the note, the new
    /// root, two removals, the note's removal; the timestamp and the snapshot.
    private static let changes = 8

    @Test(
        "Wherever a rotation of keys is cut off, there is no rollback after it, and the next update ends it",
        arguments: 0...changes
    )
    func afterEachChange(_ number: Int) async throws {
        var scene = try Scene()
        scene.repository.snapshot.header = SimulatedRepository.header(4)
        scene.repository.timestamp.header = SimulatedRepository.header(4)
        try scene.repository.publish()
        let old = scene.repository.files
        // Who holds the snapshot's key raises its version out of reach, and a client believes it.
        scene.repository.snapshot.header = SimulatedRepository.header(1000)
        scene.repository.timestamp.header = SimulatedRepository.header(5)
        try scene.repository.publish()
        try await scene.refresh()
        #expect(try scene.storedVersions() == [1, 5, 1000, 1])
        // The owner takes the key away, and goes on from the version before.
        try scene.repository.bumpRoot { try $0.rotate(.snapshot) }
        scene.repository.snapshot.header = SimulatedRepository.header(5)
        scene.repository.timestamp.header = SimulatedRepository.header(6)
        try scene.repository.publish()
        let new = scene.repository.files
        let cut = MortalStore(scene.store, changes: number)
        if number < Self.changes {
            await #expect(throws: Failure.self) { try await Self.refresh(scene, new, over: cut) }
        } else {
            try await Self.refresh(scene, new, over: cut)
        }
        // A mirror that lags behind is refused for what is stored, or, where that is forgotten on purpose
        // (5.3.11), because the old snapshot's key is no good any more.
        let isForgotten = try scene.storedVersion(.root) == 2 && scene.storedVersion(.timestamp) != 6
        let code = await refusalCode { try await Self.refresh(scene, old, over: scene.store) }
        #expect(code == (isForgotten ? "tuf.signatures" : "tuf.rollback"))
        #expect(try scene.storedVersion(.snapshot) != 4)
        try await Self.refresh(scene, new, over: scene.store)
        #expect(try scene.storedVersions() == [2, 6, 5, 1])
        #expect(scene.store.read(.rotation) == nil)
    }
}
