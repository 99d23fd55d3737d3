// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import HTTPTypes
internal import TrustCore

/// Finds answers to requests without leaving the connection's own thread, and leaves to the long way whatever it is not
/// sure of, all refusals among that.
///
/// For implementers: an answer is just what the long way would give, and is counted and logged just the same. Nothing here may
/// wait for anybody.
protocol QuickAnswering: Sendable {
    /// The answer to a request that has no body; nil where it is to be found in the other way.
    ///
    /// - Parameters:
    ///   - address: where it came from.
    ///   - block: how that is counted.
    func answer(_ request: HTTPRequest, from address: String?, _ block: AddressBlock?) -> QuickAnswer?

    /// Counts and logs an answer that was given.
    func report(_ answer: QuickAnswer)
}

extension QuickAnswering {
    /// Whether a request for a file is answered by all of it, or by that there is no need; nil for all other answers.
    ///
    /// - Parameter isConditional: whether the request asks only for news.
    static func isWhole(
        _ resource: ServedResource,
        _ request: HTTPRequest,
        isConditional: Bool,
        now: Timestamp
    ) -> Bool? {
        guard isConditional else { return true }
        switch ResourceAnswer(resource, request.method, request.headerFields, now: now) {
        case .whole: return true
        case .notModified: return false
        case .part, .parts, .preconditionFailed, .unsatisfiable: return nil
        }
    }
}
