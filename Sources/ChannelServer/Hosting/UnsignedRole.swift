// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// A role that was to be signed anew and was not, because not enough of its keys are at hand.
public struct UnsignedRole: Sendable, CustomStringConvertible {
    /// Who signs a role.
    public enum Signer: Sendable {
        /// The online keys, which belong where `channel sign` runs.
        case online
        /// Keys that are best kept in another place.
        case offline
        /// Keys that sign records for conda content trust, which belong where packages are published.
        case package
        /// The maintainers of a package, by a list that they sign.
        case maintainers
    }

    /// Its name: root, timestamp, snapshot, targets, a subdir, the role of a package's maintainers, or `pkg_mgr.json`.
    public let name: String
    /// When what is in force expires; nil if nothing is.
    public let expires: Timestamp?
    /// Whether that is over: then no client accepts the channel, or the package of those maintainers.
    public let isExpired: Bool
    /// Who signs it.
    public let signer: Signer
    /// How many keys must sign it.
    public let needed: Int
    /// How many of its keys are at hand.
    public let present: Int
    /// Whether somebody came with keys in order to sign everything.
    let wasDemanded: Bool
    /// What else stands in the way, in words; nil if only keys are missing.
    var obstacle: String?
    let keys: String

    /// Whether somebody must act now. Keys that are kept elsewhere are how it should be, until the role expires;
    /// some of the offline ones, but too few, where everything was to be signed, are not.
    public var isUrgent: Bool {
        signer == .online || isExpired || obstacle != nil
            || (signer == .offline && wasDemanded && present > 0)
    }

    /// What is left to do, in words.
    public var description: String {
        let expiry = expires.map { "`\(name)` \(isExpired ? "has expired" : "expires") on \($0)" }
        if let obstacle { return "\(expiry ?? "`\(name)` is due") and cannot be renewed: \(obstacle)" }
        return "\(expiry ?? "`\(name)` is not there, or not good") and needs \(need)"
    }

    private var need: String {
        if signer == .maintainers { return "a new list that its maintainers have signed" }
        guard needed > 1 else { return "the \(signer) key, which is not at hand (\(keys))" }
        let found = present == 0 ? "none of which is" : "\(present) of which \(present == 1 ? "is" : "are")"
        return "\(needed) \(signer) keys, \(found) at hand (\(keys))"
    }

    var json: JSONObject {
        var object = JSONObject()
        object["role"] = .string(name)
        object["expires"] = expires.map { .string($0.description) }
        object["expired"] = .bool(isExpired)
        object["signer"] = .string("\(signer)")
        object["needed"] = .number(JSONNumber(Int64(needed)))
        object["present"] = .number(JSONNumber(Int64(present)))
        object["urgent"] = .bool(isUrgent)
        return object
    }
}
