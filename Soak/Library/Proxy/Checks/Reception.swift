// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// What a client received of a file through a proxy.
public struct Reception: Sendable, Hashable, Codable {
    /// Of which file.
    public let name: HostedName
    /// Through which proxy.
    public let proxy: String
    /// The status; nil if no answer came.
    public let status: Int?
    /// Where in the file the bytes begin.
    public var offset = 0
    /// How many bytes came.
    public var count = 0
    /// SHA-256 of them.
    public var sha256 = ""
    /// How many were announced; nil if that was not said.
    public var announced: Int?
    /// Whether all that was announced came.
    public var isWhole = false

    /// An answer, or none.
    public init(_ name: HostedName, through proxy: String, status: Int?) {
        self.name = name
        self.proxy = proxy
        self.status = status
    }

    /// An answer with bytes.
    public init(
        _ name: HostedName,
        through proxy: String,
        status: Int,
        bytes: [UInt8],
        from offset: Int = 0,
        announced: Int?,
        isWhole: Bool
    ) {
        self.init(name, through: proxy, status: status)
        self.offset = offset
        count = bytes.count
        sha256 = HonestChannels.digest(bytes[...])
        self.announced = announced
        self.isWhole = isWhole
    }
}

/// What a client read in an index that came through a proxy.
public struct IndexReading: Sendable, Hashable, Codable {
    /// How much of the index it is.
    public enum Scope: Sendable, Hashable, Codable {
        /// All of it.
        case whole
        /// The newest record of each package: `current_repodata.json`.
        case part
        /// All packages that the index of shards names, and those whose shards were read.
        case packages(Set<String>, read: Set<String>)
    }

    /// Of which channel.
    public let channel: String
    /// Of which subdir.
    public let subdir: String
    /// Through which proxy.
    public let proxy: String
    /// The form that was read.
    public let form: String
    /// How much of it that is.
    public let scope: Scope
    /// The digests of files, by their names.
    public let records: [String: String]
    /// When it was asked for and answered.
    public let span: Span
    /// Whether nothing was wrong with the channel and the disk, and it did not say that it may be stale.
    public let isSteady: Bool

    /// Makes one.
    public init(
        _ channel: String,
        _ subdir: String,
        through proxy: String,
        as form: String,
        _ scope: Scope = .whole,
        _ records: [String: String],
        _ span: Span,
        isSteady: Bool = false
    ) {
        self.channel = channel
        self.subdir = subdir
        self.proxy = proxy
        self.form = form
        self.scope = scope
        self.records = records
        self.span = span
        self.isSteady = isSteady
    }
}
