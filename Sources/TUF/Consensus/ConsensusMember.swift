// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// One repository of a consensus, at the first of its addresses that gives an answer that can be believed.
actor ConsensusMember {
    /// One client for each address, all over one store, so that no address can roll back what another has
    /// shown.
    private let updaters: [Updater]
    private var preferred = 0

    init(_ updaters: [Updater]) { self.updaters = updaters }

    /// What the repository says about a path.
    func answer(about path: TargetPath) async -> Ballot.Answer {
        var errors: [any Error] = []
        for index in updaters.indices.map({ ($0 + preferred) % updaters.count }) {
            do {
                let target = try await updaters[index].target(path)
                preferred = index
                return target.map { .vouches($0) } ?? .absent
            } catch { errors.append(error) }
        }
        // Bad evidence says more than none.
        return .undetermined(errors.first { $0 is Refusal } ?? errors.first ?? CancellationError())
    }
}
