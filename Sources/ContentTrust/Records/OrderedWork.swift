// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// Does the same to many things on all cores, and gives the results out in order.
///
/// A task takes as many things at a time as make its own cost no matter. So many tasks exist at a time, which
/// bounds the memory, whatever the source has: results that are early wait for those before them.
struct OrderedWork<Input: Sendable, Output: Sendable>: Sendable {
    /// How many things a task takes.
    static var chunk: Int { 64 }

    /// How many tasks exist at a time.
    let lanes: Int
    /// What is done to some things.
    let work: @Sendable ([Input]) throws -> [Output]

    /// Takes things from a source until it has no more.
    ///
    /// - Throws: what the work or the receiver throws, or a `CancellationError`.
    func run(
        isolation: isolated (any Actor)? = #isolation,
        _ source: some Sequence<Input>,
        deliver: ([Output]) async throws -> Void
    ) async throws {
        var source = source.makeIterator()
        try await withThrowingTaskGroup(of: (Int, [Output]).self) { group in
            var early: [Int: [Output]] = [:]
            var started = 0
            var delivered = 0
            while true {
                while started - delivered < max(1, lanes) {
                    let inputs = Self.next(&source)
                    if inputs.isEmpty { break }
                    group.addTask { [number = started, work] in (number, try work(inputs)) }
                    started += 1
                }
                guard delivered < started else { return }
                while early[delivered] == nil, let (number, outputs) = try await group.next() {
                    early[number] = outputs
                }
                try Task.checkCancellation()
                try await deliver(early.removeValue(forKey: delivered) ?? [])
                delivered += 1
            }
        }
    }

    private static func next(_ source: inout some IteratorProtocol<Input>) -> [Input] {
        var inputs: [Input] = []
        inputs.reserveCapacity(chunk)
        while inputs.count < chunk, let input = source.next() { inputs.append(input) }
        return inputs
    }
}
