// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// A role that was to be signed anew and was not, because not enough of its keys are at hand.
public struct UnsignedRole: Sendable, CustomStringConvertible {
    /// Its name: root, timestamp, snapshot, targets or a subdir.
    public let name: String
    /// When what is in force expires; nil if nothing is.
    public let expires: Timestamp?
    /// Whether that is over: then no client accepts the channel.
    public let isExpired: Bool
    /// Whether online keys sign it, which belong where `channel sign` runs.
    public let isOnline: Bool
    let keys: String

    /// Whether somebody must act now. Offline keys that are away are how it should be, until the role expires.
    public var isUrgent: Bool { isOnline || isExpired }

    /// What is left to do, in words.
    public var description: String {
        let expiry = "`\(name)` \(isExpired ? "has expired" : "expires") on \(expires?.description ?? "?")"
        return expiry + " and needs "
            + (isOnline
                ? "the online key, which is not in \(keys)"
                : "offline keys, not enough of which are at hand in \(keys)")
    }
}
