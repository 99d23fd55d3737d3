// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// What a channel shows, when nothing happens in it.
public struct ChannelView: Sendable {
    /// A file that is named in an index.
    public struct Record: Sendable, Hashable {
        /// The digest that the index says.
        public var sha256: String
        /// The length that it says.
        public var size: Int?

        /// Makes one.
        public init(sha256: String, size: Int? = nil) {
            self.sha256 = sha256
            self.size = size
        }
    }

    /// What a download brought.
    public enum Download: Sendable, Hashable {
        /// Bytes with this SHA-256.
        case bytes(String)
        /// An answer without the file.
        case refused(Int)
        /// No answer.
        case failed(String)
    }

    /// What `repodata.json` names.
    public var records: [HostedName: Record] = [:]
    /// What shards name; nil where none were read.
    public var shardRecords: [HostedName: Record]?
    /// What was downloaded.
    public var downloads: [HostedName: Download] = [:]

    /// Shows nothing.
    public init() {}
}
