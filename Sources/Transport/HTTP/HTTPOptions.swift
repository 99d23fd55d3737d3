// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// What an ``HTTPFetcher`` does that is not a limit.
public struct HTTPOptions: Sendable {
    /// What a 403 means.
    public enum Forbidden: Sendable {
        /// Object stores hide absence behind 403, and TUF clients read it as "there is no newer root".
        case meansNotFound
        /// 403 is an error like any other.
        case isFailure
    }

    /// Sent as `User-Agent`: `kingsnake/VERSION`.
    public var userAgent: String = "kingsnake"
    /// Sent as `Via` (RFC 9110 7.6.3) by proxies, so that one who gets its own request back knows it again; nil for others.
    public var via: String?
    /// What a 403 means.
    public var forbidden: Forbidden = .meansNotFound
    /// Proxies on the way to servers; nil for none, whatever the environment says.
    public var proxies: HTTPProxies?
    /// A PEM file of certificate authorities trusted beside the system's own.
    public var additionalAuthorities: String?

    /// The defaults.
    public init() {}
}
