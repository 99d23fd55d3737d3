// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Synchronization

/// Is told how transfers go, so that a program can show progress bars and warnings. Decides nothing.
///
/// Calls come from any thread, in order for one transfer, and must return quickly.
public protocol TransferObserver: Sendable {
    /// A server answered and the body follows.
    func began(_ transfer: Transfer)
    /// More bytes of the body arrived. They are unverified.
    func received(_ byteCount: Int, in transfer: Transfer)
    /// No more bytes come. Completion says nothing about what the bytes are worth.
    func ended(_ transfer: Transfer, completely: Bool)
    /// A mirror did not deliver what it should have, and another one is tried if there is one.
    func rejected(_ report: MirrorReport)
}

extension TransferObserver {
    /// Shows nothing.
    public func rejected(_ report: MirrorReport) {}
}

/// One transfer of one resource from one server.
public struct Transfer: Sendable, Hashable {
    /// Unique within the process.
    public let id: UInt64
    /// The URL, without credentials.
    public let resource: String
    /// The length the server announced, if it did.
    public let expectedLength: Int?

    init(_ resource: RedactedURL, expectedLength: Int?) {
        id = Self.counter.wrappingAdd(1, ordering: .relaxed).newValue
        self.resource = resource.description
        self.expectedLength = expectedLength
    }

    private static let counter = Atomic<UInt64>(0)
}
