// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import DurableFiles
internal import Logging
internal import Synchronization
public import TrustCore
public import TrustPolicy

/// The user's policy while a proxy runs: its file is looked at again and again, and what it says by then counts.
///
/// A change counts once two looks saw the same, so that a file that is just being written is not taken for a shorter policy.
/// What cannot be read or understood changes nothing: the last good policy stays in force, and ``PolicyStanding/trouble`` says
/// why. Who may write the file is not checked here.
public final class PolicyInForce: Sendable {
    /// A policy, and what it says of files.
    public struct Policy: Sendable {
        /// What the file says; nil if there is none.
        public let file: PolicyFile?
        /// The same, made ready to judge.
        public let rules: IndexPolicy

        fileprivate init(_ file: PolicyFile?) {
            self.file = file
            rules = file.map { IndexPolicy($0) } ?? .empty
        }
    }

    /// How often it is looked at.
    static let interval = Duration.seconds(1)

    /// What a look saw.
    private enum Sight: Equatable {
        case text([UInt8])
        case absent
        case unreadable(String)
    }

    private struct State {
        var policy: Policy
        var standing: PolicyStanding
        /// What was acted on.
        var settled: Sight
        /// What the last look saw, if it was something else.
        var seen: Sight?
    }

    private let path: String
    private let mayBeAbsent: Bool
    private let state: Mutex<State>

    /// Reads a policy for the first time.
    ///
    /// - Parameter mayBeAbsent: whether no file means no policy, as where `kingsnake trust` takes the file away with its last
    ///   entry. A file that was named must be there.
    /// - Throws: a `policy-file.…` code, or a `Failure`.
    public init(_ path: String, mayBeAbsent: Bool, now: Timestamp) throws {
        self.path = path
        self.mayBeAbsent = mayBeAbsent
        let bytes = try Self.read(path)
        let policy = Policy(try Self.parse(bytes, path, mayBeAbsent: mayBeAbsent))
        state = Mutex(
            State(
                policy: policy,
                standing: PolicyStanding(policy.rules.fingerprint, since: now),
                settled: bytes.map { .text($0) } ?? .absent
            )
        )
    }

    /// The policy.
    public var policy: Policy { state.withLock { $0.policy } }

    /// Since when, and whether the file says something else by now.
    var standing: PolicyStanding { state.withLock { $0.standing } }

    /// Looks at the file once.
    ///
    /// - Returns: how the policy stands, if that changed.
    func look(at now: Timestamp) -> PolicyStanding? {
        let sight = sight()
        return state.withLock { state in
            guard sight != state.settled else {
                state.seen = nil
                return nil
            }
            guard sight == state.seen else {
                state.seen = sight
                return nil
            }
            (state.settled, state.seen) = (sight, nil)
            do {
                let policy = Policy(try file(sight))
                if policy.rules.fingerprint != state.standing.fingerprint {
                    state.standing = PolicyStanding(policy.rules.fingerprint, since: now)
                }
                state.policy = policy
                state.standing.trouble = nil
            } catch {
                state.standing.trouble = "\(error)"
            }
            return state.standing
        }
    }

    /// Looks again and again, until its task is cancelled, and says in a log what came of it.
    func watch(_ now: @Sendable () -> Timestamp, _ logger: Logger, tell: (PolicyStanding) -> Void) async {
        while !Task.isCancelled {
            try? await Task.sleep(for: Self.interval)
            guard let standing = look(at: now()) else { continue }
            tell(standing)
            if let trouble = standing.trouble {
                logger.error(
                    "the policy cannot be read, and that of \(standing.since) stays in force: \(trouble)"
                )
            } else {
                logger.notice(
                    "the policy was read again",
                    metadata: ["file": .string(path), "sha256": .string(standing.fingerprint.hex)]
                )
            }
        }
    }

    private func sight() -> Sight {
        do {
            return try Self.read(path).map { .text($0) } ?? .absent
        } catch {
            return .unreadable("\(error)")
        }
    }

    private func file(_ sight: Sight) throws -> PolicyFile? {
        switch sight {
        case .text(let bytes): try Self.parse(bytes, path, mayBeAbsent: mayBeAbsent)
        case .absent: try Self.parse(nil, path, mayBeAbsent: mayBeAbsent)
        case .unreadable(let reason): throw Failure(.disk, reason, at: path)
        }
    }

    private static func read(_ path: String) throws -> [UInt8]? {
        try DurableFile.read(path, maximumLength: PolicyFile.maximumLength)
    }

    private static func parse(_ bytes: [UInt8]?, _ path: String, mayBeAbsent: Bool) throws -> PolicyFile? {
        if let bytes { return try PolicyFile(yaml: bytes, path) }
        guard mayBeAbsent else {
            throw Failure(.configuration, "there is no such policy file", at: path)
        }
        return nil
    }
}
