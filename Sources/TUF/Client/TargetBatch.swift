// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// Many searches that share what they load: says which roles can be loaded at the same time, and takes what
/// came of each.
///
/// Every path is decided by a ``TargetSearch`` of its own, with the result that it would have alone. A role
/// that many paths need is asked for once, whether it is then loaded or refused. Start with ``start(in:)``,
/// then call ``finish(_:error:in:)`` for each role that was asked for, in any order.
public struct TargetBatch: Sendable {
    private var searches: [TargetSearch]
    private var decided: [Result<TargetDescription?, any Error>?]
    /// The searches that cannot go on without a role.
    private var waiting: [TargetsRole: [Int]] = [:]
    private var failed: [TargetsRole: any Error] = [:]
    /// The names being loaded. Two delegators' views of one role are loaded one after the other: the file
    /// that the first one stored is there for the second.
    private var busy: Set<RoleName> = []
    private var postponed: [RoleName: [TargetsRole]] = [:]

    /// Starts the searches.
    public init(_ paths: [TargetPath]) {
        searches = paths.map { TargetSearch(for: $0) }
        decided = Array(repeating: nil, count: paths.count)
    }

    /// What was found, in the order of the paths; nil for a path that no role vouches for. Complete when
    /// every role that was asked for is finished.
    public var results: [Result<TargetDescription?, any Error>] {
        decided.map { result in
            guard let result else { preconditionFailure("a role that was asked for was not finished") }
            return result
        }
    }

    /// Goes as far as the loaded roles allow; answers the roles to load.
    public mutating func start(in trusted: TrustedMetadata) -> [TargetsRole] {
        var wanted: [TargetsRole] = []
        for index in searches.indices { advance(index, in: trusted, &wanted) }
        return wanted
    }

    /// Goes on after a role was loaded, or, with an error, was not; answers more roles to load.
    public mutating func finish(_ role: TargetsRole, error: (any Error)?, in trusted: TrustedMetadata)
        -> [TargetsRole]
    {
        var wanted: [TargetsRole] = []
        failed[role] = error
        busy.remove(role.name)
        if let next = postponed[role.name]?.popLast() { ask(for: next, &wanted) }
        for index in waiting.removeValue(forKey: role) ?? [] { advance(index, in: trusted, &wanted) }
        return wanted
    }

    private mutating func advance(_ index: Int, in trusted: TrustedMetadata, _ wanted: inout [TargetsRole]) {
        do {
            switch try searches[index].advance(in: trusted) {
            case .found(let description): decided[index] = .success(description)
            case .absent: decided[index] = .success(nil)
            case .load(let role):
                if let error = failed[role] { throw error }
                if waiting[role] == nil { ask(for: role, &wanted) }
                waiting[role, default: []].append(index)
            }
        } catch { decided[index] = .failure(error) }
    }

    private mutating func ask(for role: TargetsRole, _ wanted: inout [TargetsRole]) {
        if busy.insert(role.name).inserted {
            wanted.append(role)
        } else {
            postponed[role.name, default: []].append(role)
        }
    }
}
