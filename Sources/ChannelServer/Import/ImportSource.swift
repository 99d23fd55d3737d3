// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import DurableFiles
public import TrustCore

/// A channel that is imported, by its folder or its URL.
///
/// A folder is what conda's or rattler's indexer makes, what `kingsnake channel` signs, or `channels/NAME` of a quetz
/// deployment on a disk. A URL is that of any channel: of a quetz server `https://SERVER/get/NAME`.
public struct ImportSource: Sendable {
    /// Its URL, with credentials.
    let channel: ChannelURL
    /// What the publish log calls it: a URL without credentials; of a folder only its name, for the log is public.
    public let name: String
    /// Its folder on this machine; nil for a URL.
    let folder: String?
    /// A root that came by a way that the user trusts; nil if there is none.
    let root: [UInt8]?
    /// Whether a signed channel is taken as one that nobody signed.
    let ignoresSignatures: Bool
    let fetcher: any Fetcher
    /// Waits between attempts.
    let pause: @Sendable (Duration) async throws -> Void

    /// A channel's folder.
    ///
    /// - Parameters:
    ///   - folder: its absolute path.
    ///   - root: the TUF root that it must be signed by; nil for a channel that is not signed.
    ///   - ignoresSignatures: whether a signed channel is imported without a root.
    ///   - fetcher: fetches what an index says is elsewhere.
    /// - Throws: `name.channel-url` for a path that no URL can have.
    public init(
        folder: String,
        root: [UInt8]?,
        ignoresSignatures: Bool = false,
        fetcher: any Fetcher,
        pause: @escaping @Sendable (Duration) async throws -> Void
    ) throws {
        var path = folder
        while path.utf8.count > 1, path.utf8.last == UInt8(ascii: "/") { path.removeLast() }
        channel = try ChannelURL("file://" + PercentEncoding.path(path))
        name = "folder " + (path.split(separator: "/").last.map(String.init) ?? path)
        self.folder = path
        self.root = root
        self.ignoresSignatures = ignoresSignatures
        self.fetcher = fetcher
        self.pause = pause
    }

    /// A channel by its URL.
    ///
    /// - Parameters:
    ///   - url: its URL.
    ///   - token: a key that goes into the path as `/t/TOKEN/`, which quetz, anaconda.org and our own server understand;
    ///     nil for none.
    /// - Throws: `name.channel-url`.
    public init(
        url: String,
        token: String? = nil,
        root: [UInt8]?,
        ignoresSignatures: Bool = false,
        fetcher: any Fetcher,
        pause: @escaping @Sendable (Duration) async throws -> Void
    ) throws {
        let plain = try ChannelURL(url)
        channel = try token.map { try ChannelURL(Self.url(plain, token: $0)) } ?? plain
        name = plain.identity
        folder = nil
        self.root = root
        self.ignoresSignatures = ignoresSignatures
        self.fetcher = fetcher
        self.pause = pause
    }

    /// The URL with a token before its path.
    private static func url(_ channel: ChannelURL, token: String) -> String {
        let parts = channel.textWithCredentials.split(
            separator: "/",
            maxSplits: 3,
            omittingEmptySubsequences: false
        )
        let path = parts.count > 3 ? "/" + parts[3] : ""
        return parts.prefix(3).joined(separator: "/") + "/t/" + PercentEncoding.segment(token) + path
    }

    /// How long to wait before each further attempt.
    private static let pauses: [Duration] = [.milliseconds(500), .seconds(2), .seconds(8)]

    /// Does something again where the network fails for the moment.
    func persistently<Value>(_ body: () async throws -> Value) async throws -> Value {
        for time in Self.pauses {
            do { return try await body() } catch let failure as Failure {
                guard let fault = failure.cause as? any TransientFault, fault.isTransient else {
                    throw failure
                }
            }
            try await pause(time)
        }
        return try await body()
    }

    /// A small file of the channel; nil if it says that there is none.
    func bytes(_ path: String, maximumLength: Int) async throws -> [UInt8]? {
        try await persistently {
            try await fetcher.bytes("\(channel.textWithCredentials)/\(path)", maximumLength: maximumLength)
        }
    }

    /// The path of a file of this machine, if that is where a URL leads.
    func path(of url: String) -> String? {
        let base = channel.textWithCredentials
        guard let folder, url.utf8.starts(with: base.utf8) else { return nil }
        return PercentEncoding.decode(
            String(decoding: Array(url.utf8.dropFirst(base.utf8.count)), as: UTF8.self)
        )
        .map { folder + $0 }
    }
}
