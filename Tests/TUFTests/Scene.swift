// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@testable import TUF

/// A repository, a server that has its files, and a client with a store.
struct Scene {
    var repository: SimulatedRepository
    let server = MemoryServer()
    let store: InMemoryMetadataStore
    let pinnedRoot: [UInt8]
    var now = SimulatedRepository.now
    var limits = TUFLimits()

    init(consistentSnapshot: Bool = true, _ arrange: (inout SimulatedRepository) throws -> Void = { _ in })
        throws
    {
        var repository = try SimulatedRepository(consistentSnapshot: consistentSnapshot)
        pinnedRoot = try #require(repository.files["1.root.json"])
        try arrange(&repository)
        try repository.publish()
        self.repository = repository
        store = InMemoryMetadataStore()
    }

    /// A client that sees what the repository has now.
    func client() -> Updater {
        server.files = repository.files
        return Updater(
            trustedRoot: pinnedRoot,
            metadataURL: MemoryServer.url,
            store: store,
            fetcher: server,
            now: now,
            limits: limits
        )
    }

    func refresh() async throws { try await client().refresh() }

    /// The version that the store keeps of a role; nil if it keeps none.
    func storedVersion(_ name: RoleName) throws -> Int64? {
        if name == .root {
            return store.contents.keys.compactMap { if case .root(let version) = $0 { version } else { nil } }
                .max()
        }
        guard let bytes = store.read(.role(name)) else { return nil }
        let envelope = try MetadataEnvelope(parsing: bytes, of: "stored \(name)")
        return try JSONFields(envelope.signed, of: "stored \(name)").integer("version")
    }

    /// The stored versions of root, timestamp, snapshot and targets; 0 where there is none.
    func storedVersions() throws -> [Int64] {
        try [RoleName.root, .timestamp, .snapshot, .targets].map { try storedVersion($0) ?? 0 }
    }
}
