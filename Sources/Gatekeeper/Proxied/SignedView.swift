// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore
import TrustPolicy

/// One view of a signed channel, and the gate that decides by it.
struct SignedView: Sendable {
    /// Which state of the channel it is.
    let id: Digest
    /// Reads it.
    let session: ChannelSession
    /// Decides about packages, by the same session.
    let gate: Gate
    /// When mirrors last confirmed it.
    let checked: Timestamp
    /// When they were last asked to; if they did not, when that was over.
    let attempted: Timestamp
    /// Whether they did not.
    let isStale: Bool
    /// What the user demanded when it was made: differs whenever that does.
    let demands: Digest
    /// Whether another one is looked for by now.
    let standing = ViewStanding()

    init(
        _ session: ChannelSession,
        _ configuration: GateConfiguration,
        checked: Timestamp,
        attempted: Timestamp,
        isStale: Bool
    ) async throws {
        guard let id = await session.viewID else {
            preconditionFailure("a view is made of a session that has been refreshed")
        }
        self.id = id
        self.session = session
        gate = Gate(configuration, reading: session)
        self.checked = checked
        self.attempted = attempted
        self.isStale = isStale
        demands = configuration.publishers.fingerprint
    }
}

extension UserPublishers {
    /// Differs whenever the policy file or the publishers that were seen before do.
    var fingerprint: Digest {
        let policy = policy.map { Digest.of($0.yaml).description } ?? "none"
        let lock = Digest.of(JSONWriter.encode(lock.json))
        return Digest.of(Array("\(policy) \(lock)".utf8))
    }
}
