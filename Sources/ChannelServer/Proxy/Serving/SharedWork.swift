// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// Work that many want at the same time and that is done once: who comes while it is under way gets the same result.
///
/// It goes on if whoever began it goes away. Results are not kept.
actor SharedWork<Key: Hashable & Sendable, Value: Sendable> {
    private let limit: Int
    private var running: [Key: Task<Value, any Error>] = [:]
    private var busy = 0
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// - Parameter limit: how many pieces of work are done at once; further ones wait for their turn.
    init(limit: Int) { self.limit = limit }

    /// The result of a piece of work.
    func value(of key: Key, _ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
        if let task = running[key] { return try await task.value }
        let task = Task {
            await self.begin()
            defer { self.end(key) }
            return try await work()
        }
        running[key] = task
        return try await task.value
    }

    private func begin() async {
        guard busy >= limit else {
            busy += 1
            return
        }
        // Whoever ends hands its place over.
        await withCheckedContinuation { waiting.append($0) }
    }

    private func end(_ key: Key) {
        running[key] = nil
        guard waiting.isEmpty else {
            waiting.removeFirst().resume()
            return
        }
        busy -= 1
    }
}
