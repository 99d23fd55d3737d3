// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// Says how much may still be put into channels: what an administrator said for the channel, or for all of them.
///
/// An upload asks before it keeps a file's bytes, and again in the transaction that takes the file in, so that two
/// uploads at once cannot both have what is left.
public struct ChannelQuotas: UploadQuota {
    /// What counts for channels of which nobody said anything else.
    public let standard: ChannelQuota

    /// - Parameter standard: counts for channels of which nobody said anything else; without limit by default.
    public init(standard: ChannelQuota = .unlimited) { self.standard = standard }

    /// Refuses one file that would be too much.
    ///
    /// - Parameters:
    ///   - size: the file's bytes.
    ///   - transaction: sees what is there.
    /// - Throws: `access.quota-exceeded`.
    public func demand(
        _ size: UInt64,
        in channel: HostedChannel,
        for publisher: FilePublisher,
        _ transaction: any ReadTransaction
    ) throws {
        let usage = try transaction.usage(of: channel.id)
        let quota = quota(usage)
        try Self.demand(Int64(clamping: size), beside: usage.bytes, quota.bytes, "bytes", channel)
        try Self.demand(1, beside: usage.files, quota.files, "files", channel)
    }

    /// What counts for a channel.
    func quota(_ usage: ChannelUsage) -> ChannelQuota {
        ChannelQuota(
            bytes: usage.quota.bytes ?? standard.bytes,
            files: usage.quota.files ?? standard.files
        )
    }

    private static func demand(
        _ more: Int64,
        beside used: Int64,
        _ maximum: Int64?,
        _ unit: String,
        _ channel: HostedChannel
    ) throws {
        guard let maximum else { return }
        let (sum, overflow) = used.addingReportingOverflow(more)
        guard overflow || sum > maximum else { return }
        throw Refusal(
            AccessCode.quotaExceeded,
            channel.name.text,
            expected: "at most \(maximum) \(unit)",
            found: "\(used) \(unit), and \(more) more"
        )
    }
}
