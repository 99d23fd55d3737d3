// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// Where a log stands after it was to be published.
public struct LogOutcome: Sendable {
    /// What came of it.
    public enum State: Sendable {
        /// All entries are, and this many there are.
        case published(Int64)
        /// A checkpoint of this many entries waits until enough witnesses cosign.
        case waitingForWitnesses(Int64)
        /// It did not work, and will be tried again.
        case failed(String)
        /// Something is wrong; nothing is published any more until somebody looked, and started the server
        /// again.
        case stopped(Refusal)
    }

    /// The log.
    public let log: HostedLog
    /// What came of it.
    public let state: State
}
