// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// How fast somebody may ask: a bucket that holds so many requests, and is filled at a steady rate.
public struct RequestAllowance: Sendable, Hashable {
    /// How many requests may come at once.
    public let burst: Double
    /// How many more may come in each second.
    public let perSecond: Double

    /// Makes one; at least one request at once, and one a day.
    public init(burst: Double, perSecond: Double) {
        self.burst = burst.isFinite ? max(1, burst) : 1
        self.perSecond = perSecond.isFinite ? max(1.0 / 86_400, perSecond) : 1
    }
}

/// How fast those may ask whom the server can tell apart; nil for no limit.
public struct RequestAllowances: Sendable, Hashable {
    /// For each key.
    public var key: RequestAllowance?
    /// For each address without key. Those that come from this machine itself are not limited: they are a proxy's, and
    /// everybody's.
    public var address: RequestAllowance?
    /// For each address that shows keys which the server does not know.
    public var unknownKey: RequestAllowance?

    /// Makes them.
    public init(key: RequestAllowance?, address: RequestAllowance?, unknownKey: RequestAllowance?) {
        self.key = key
        self.address = address
        self.unknownKey = unknownKey
    }

    /// What is right for most: a first solve asks for some hundred shards in a second, and then for packages.
    public static let standard = RequestAllowances(
        key: RequestAllowance(burst: 20_000, perSecond: 1_000),
        address: RequestAllowance(burst: 3_000, perSecond: 100),
        unknownKey: RequestAllowance(burst: 30, perSecond: 0.2)
    )
    /// No limits.
    public static let unlimited = RequestAllowances(key: nil, address: nil, unknownKey: nil)
}
