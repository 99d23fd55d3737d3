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
        /// The maintainers of a package, by a list that they sign.
        case maintainers
    }

    /// Its name: root, timestamp, snapshot, targets, a subdir, or the role of a package's maintainers.
    public let name: String
    /// When what is in force expires; nil if nothing is.
    public let expires: Timestamp?
    /// Whether that is over: then no client accepts the channel, or the package of those maintainers.
    public let isExpired: Bool
    /// Who signs it.
    public let signer: Signer
    let keys: String

    /// Whether somebody must act now. Keys that are kept elsewhere are how it should be, until the role expires.
    public var isUrgent: Bool { signer == .online || isExpired }

    /// What is left to do, in words.
    public var description: String {
        let expiry = "`\(name)` \(isExpired ? "has expired" : "expires") on \(expires?.description ?? "?")"
        return expiry + " and needs \(need)"
    }

    private var need: String {
        switch signer {
        case .online: "the online key, which is not in \(keys)"
        case .offline: "offline keys, not enough of which are at hand in \(keys)"
        case .maintainers: "a new list that its maintainers have signed"
        }
    }
}
