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
    /// How many keys must sign it.
    public let needed: Int
    /// How many of its keys are at hand.
    public let present: Int
    /// Whether somebody came with keys in order to sign everything.
    let wasDemanded: Bool
    let keys: String

    /// Whether somebody must act now. Offline keys that are away are how it should be, until the role expires;
    /// some of them, but too few, where everything was to be signed, are not.
    public var isUrgent: Bool { isOnline || isExpired || (wasDemanded && present > 0) }

    /// What is left to do, in words.
    public var description: String {
        let expiry = "`\(name)` \(isExpired ? "has expired" : "expires") on \(expires?.description ?? "?")"
        let kind = isOnline ? "online" : "offline"
        guard needed > 1 else { return expiry + " and needs the \(kind) key, which is not in \(keys)" }
        let found = present == 0 ? "none of which is" : "\(present) of which \(present == 1 ? "is" : "are")"
        return expiry + " and needs \(needed) \(kind) keys, \(found) in \(keys)"
    }

    var json: JSONObject {
        var object = JSONObject()
        object["role"] = .string(name)
        object["expires"] = expires.map { .string($0.description) }
        object["expired"] = .bool(isExpired)
        object["online"] = .bool(isOnline)
        object["needed"] = .number(JSONNumber(Int64(needed)))
        object["present"] = .number(JSONNumber(Int64(present)))
        object["urgent"] = .bool(isUrgent)
        return object
    }
}
