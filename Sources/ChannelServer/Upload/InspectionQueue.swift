// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Foundation

/// Reads archives on threads of its own, so many at once: a large one takes many seconds, and neither other
/// requests nor the writing of blobs shall wait for it.
final class InspectionQueue: Sendable {
    private let queue: OperationQueue

    init(width: Int) {
        queue = OperationQueue()
        queue.maxConcurrentOperationCount = max(1, width)
    }

    /// Runs a body there.
    func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            queue.addOperation { continuation.resume(with: Swift.Result { try body() }) }
        }
    }
}
