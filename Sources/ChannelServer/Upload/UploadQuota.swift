// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// Says how much may be put into channels.
///
/// It is asked before a file's bytes are kept, and again in the transaction that takes the file in, so that
/// two uploads at once cannot share what is left.
public protocol UploadQuota: Sendable {
    /// Refuses one file that would be too much, by a code of its own.
    ///
    /// - Parameters:
    ///   - size: the file's bytes.
    ///   - transaction: sees what is there.
    func demand(
        _ size: UInt64,
        in channel: HostedChannel,
        for publisher: FilePublisher,
        _ transaction: any ReadTransaction
    ) throws
}

/// No quota: as much as the disk holds.
public struct NoUploadQuota: UploadQuota {
    /// Makes one.
    public init() {}

    /// Refuses nothing.
    public func demand(
        _ size: UInt64,
        in channel: HostedChannel,
        for publisher: FilePublisher,
        _ transaction: any ReadTransaction
    ) throws {}
}
