// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// How much a channel may hold. Nil means what the server says for all channels, or no limit.
public struct ChannelQuota: Sendable, Hashable {
    /// The bytes of all files that are served.
    public var bytes: Int64?
    /// How many files are served.
    public var files: Int64?

    /// Makes one; without limit by default.
    public init(bytes: Int64? = nil, files: Int64? = nil) {
        self.bytes = bytes
        self.files = files
    }

    /// No limit.
    public static let unlimited = ChannelQuota()
    /// What stands for "no limit" where nil means the server's own word.
    public static let endless = Int64.max
}

/// How much a channel holds, and may hold.
public struct ChannelUsage: Sendable, Hashable {
    /// The bytes of all files that are served: listed and yanked ones. Attestations and indexes are not counted.
    public var bytes: Int64
    /// How many files are served.
    public var files: Int64
    /// What an administrator said for this channel.
    public var quota: ChannelQuota

    /// Makes one.
    public init(bytes: Int64 = 0, files: Int64 = 0, quota: ChannelQuota = .unlimited) {
        self.bytes = bytes
        self.files = files
        self.quota = quota
    }
}

/// Reads how much channels hold.
public protocol UsageReading {
    /// How much a channel holds, without counting: ``FileWriting/insert(_:)`` and ``FileWriting/update(_:)-(HostedFile)``
    /// keep the sums.
    func usage(of channel: Int64) throws -> ChannelUsage
}

/// Changes how much channels may hold.
public protocol UsageWriting: UsageReading {
    /// Says how much a channel may hold.
    func setQuota(_ quota: ChannelQuota, of channel: Int64) throws
}
