// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
import DurableFiles
public import TrustCore

/// Where a check of content trust reads a channel: a folder, or a URL.
public struct ContentTrustSource: Sendable {
    /// The channel as the user named it, without credentials.
    public let name: String
    private let read: @Sendable (_ path: String, _ maximumLength: Int) async throws -> StoredBytes?

    /// The longest file of metadata, also of those that other clients ask for.
    static let metadataLimit = 1 << 24

    /// A channel's folder.
    public init(directory: String) {
        name = directory
        read = { path, limit in try DurableFile.open(directory + "/" + path, maximumLength: limit) }
    }

    /// A channel behind a URL.
    public init(_ channel: ChannelURL, over fetcher: any Fetcher) {
        name = channel.description
        let base = channel.textWithCredentials
        read = { path, limit in
            let url = base + "/" + path
            // What comes from a server is in memory as long as it is looked at.
            return try await fetcher.bytes(url, maximumLength: limit).map { StoredBytes($0, of: path) }
        }
    }

    /// A file of metadata, at the top of the channel; nil if there is none.
    func metadata(_ file: String) async throws -> [UInt8]? {
        try await read(file, Self.metadataLimit).map { try $0.read(0..<$0.length) }
    }

    /// An index file, which stays where it is in a folder; nil if there is none.
    func index(_ file: String, of subdir: Subdir) async throws -> StoredBytes? {
        try await read(ChannelLayout.file(file, in: subdir), SignedChannel.indexLimit)
    }
}
