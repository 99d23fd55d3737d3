// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// Does the same to many things on all cores, and gives the results out in order.
///
/// A task takes as many things at a time as make its own cost no matter. So many tasks exist at a time, which
/// bounds the memory, whatever the source has: results that are early wait for those before them. All that is done to
/// the records of an index, signing, verifying and looking, goes through here.
package struct OrderedWork<Input: Sendable, Output: Sendable>: Sendable {
    /// How many things a task takes.
    package static var chunk: Int { 64 }

    private let lanes: Int
    private let work: @Sendable ([Input]) throws -> [Output]

    /// - Parameters:
    ///   - lanes: how many tasks exist at a time: more than there are cores, so that none waits for a slow one.
    ///   - work: what is done to some things.
    package init(lanes: Int = 32, work: @escaping @Sendable ([Input]) throws -> [Output]) {
        self.lanes = lanes
        self.work = work
    }

    /// Takes things from a source until it has no more.
    ///
    /// - Throws: what the work or the receiver throws, or a `CancellationError`.
    package func run(
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
                    group.addTask { [number = started, work] in
                        try Task.checkCancellation()
                        return (number, try work(inputs))
                    }
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
