// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Synchronization
internal import TrustCore

/// A store that is forgotten when its owner is: for tests, and for tools that verify once.
public final class InMemoryMetadataStore: MetadataStore {
    private let files: Mutex<[StoredMetadata: [UInt8]]>
    private let locked = Mutex(false)

    /// Makes a store with the given files in it.
    public init(_ files: [StoredMetadata: [UInt8]] = [:]) { self.files = Mutex(files) }

    /// All files.
    public var contents: [StoredMetadata: [UInt8]] { files.withLock { $0 } }

    /// The bytes that were kept; nil if there are none.
    public func read(_ file: StoredMetadata) -> [UInt8]? { files.withLock { $0[file] } }

    /// Keeps bytes in place of what was there.
    public func write(_ bytes: [UInt8], as file: StoredMetadata) { files.withLock { $0[file] = bytes } }

    /// Forgets a file.
    public func remove(_ file: StoredMetadata) { files.withLock { $0[file] = nil } }

    /// Waits until nobody else uses the store.
    public func lock() async throws -> any StoreLock {
        while !locked.withLock({ taken in
            defer { taken = true }
            return !taken
        }) {
            try await Task.sleep(for: .milliseconds(1))
        }
        return Lock(store: self)
    }

    private struct Lock: StoreLock {
        let store: InMemoryMetadataStore
        func release() { store.locked.withLock { $0 = false } }
    }
}
