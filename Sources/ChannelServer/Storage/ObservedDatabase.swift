// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Synchronization

/// A database that counts its writing transactions, so that what was read can be kept until something is
/// written.
///
/// Only what this process writes is counted.
final class ObservedDatabase: ServerDatabase {
    private let base: any ServerDatabase
    private let writes = Atomic<UInt64>(0)

    init(_ base: any ServerDatabase) { self.base = base }

    /// Another number than before, once a writing transaction that began before has returned.
    var state: UInt64 { writes.load(ordering: .acquiring) }

    func read<Result: Sendable>(
        _ body: @escaping @Sendable (any ReadTransaction) throws -> Result
    ) async throws -> Result {
        try await base.read(body)
    }

    func write<Result: Sendable>(
        _ body: @escaping @Sendable (any WriteTransaction) throws -> Result
    ) async throws -> Result {
        // Also where it throws: it may have been committed all the same.
        defer { writes.add(1, ordering: .releasing) }
        return try await base.write(body)
    }
}
