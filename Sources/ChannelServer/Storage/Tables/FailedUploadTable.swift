// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// An upload that was refused, or that the server could not take: for those who operate it.
///
/// Of the package nothing is kept but what it was called, and of the key nothing at all.
public struct FailedUpload: Sendable, Hashable {
    /// The number of the channel that it was sent to.
    public let channel: Int64
    /// Who sent it.
    public let publisher: FilePublisher
    /// What the sender called it, in plain ASCII and cut; whatever they wrote.
    public let fileName: String
    /// The stable code of the refusal; nil where it was the server that could not.
    public let code: String?
    /// When.
    public let time: Timestamp

    /// The longest name that is kept, in bytes.
    public static let maximumName = 240
    /// How many are kept of each channel.
    public static let keptPerChannel = 50

    /// Makes one.
    public init(
        channel: Int64,
        publisher: FilePublisher,
        fileName: String,
        code: String?,
        time: Timestamp
    ) {
        self.channel = channel
        self.publisher = publisher
        let shown = ForeignText.shown(fileName)
        self.fileName = String(decoding: shown.utf8.prefix(Self.maximumName), as: UTF8.self)
        self.code = code
        self.time = time
    }
}

/// Reads which uploads failed.
public protocol FailedUploadReading {
    /// The uploads that failed last, of all channels, newest first; at most `limit`.
    func failedUploads(limit: Int) throws -> [FailedUpload]
}

/// Notes which uploads failed.
public protocol FailedUploadWriting: FailedUploadReading {
    /// Notes one. Of its channel no more than ``FailedUpload/keptPerChannel`` stay, the newest.
    func note(_ failure: FailedUpload) throws
}
