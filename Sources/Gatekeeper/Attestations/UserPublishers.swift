// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustPolicy

/// What the user demands of publishers, and whom the user's machine has seen before.
public struct UserPublishers: Sendable {
    /// The policy file; nil if there is none.
    public var policy: PolicyFile? { didSet { rules = Self.rules(of: policy) } }
    /// What it says of files, made ready to judge.
    public private(set) var rules: IndexPolicy
    /// Who published packages when they were first seen.
    public var lock: PublisherLock
    /// Where publishers that are seen for the first time are recorded; nil to record nothing, as for whoever
    /// only looks.
    public var recorder: UserPolicyStore?

    /// No demands, nothing seen, and nothing recorded.
    ///
    /// - Parameter rules: what the policy says of files, where that was made already.
    public init(
        policy: PolicyFile? = nil,
        rules: IndexPolicy? = nil,
        lock: PublisherLock = PublisherLock(),
        recorder: UserPolicyStore? = nil
    ) {
        self.policy = policy
        self.rules = rules ?? Self.rules(of: policy)
        self.lock = lock
        self.recorder = recorder
    }

    private static func rules(of policy: PolicyFile?) -> IndexPolicy {
        policy.map { IndexPolicy($0) } ?? .empty
    }

    /// Reads what a store has. A file that cannot be read is an error, and never no demand.
    ///
    /// - Parameter recording: whether publishers that are seen for the first time are recorded in it.
    public init(from store: UserPolicyStore, recording: Bool) throws {
        self.init(
            policy: try store.policy(),
            lock: try store.publisherLock(),
            recorder: recording ? store : nil
        )
    }
}
