// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// How fast somebody may ask: a bucket that holds so many requests, and is filled at a steady rate.
public struct RequestRate: Sendable, Hashable {
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
public struct RequestRates: Sendable, Hashable {
    /// For each key.
    public var key: RequestRate?
    /// For each address without key. Those that come from this machine itself are not limited: they are a proxy's, and
    /// everybody's.
    public var address: RequestRate?
    /// For each address that shows keys which the server does not know.
    public var unknownKey: RequestRate?

    /// Makes them.
    public init(key: RequestRate?, address: RequestRate?, unknownKey: RequestRate?) {
        self.key = key
        self.address = address
        self.unknownKey = unknownKey
    }

    /// What is right for most: a first solve asks for some hundred shards in a second, and then for packages.
    public static let standard = RequestRates(
        key: RequestRate(burst: 5_000, perSecond: 200),
        address: RequestRate(burst: 3_000, perSecond: 100),
        unknownKey: RequestRate(burst: 30, perSecond: 0.2)
    )
    /// No limits.
    public static let unlimited = RequestRates(key: nil, address: nil, unknownKey: nil)
}
