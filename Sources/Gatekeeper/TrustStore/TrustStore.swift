// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
import DurableFiles
public import TrustCore

/// The channels whose roots the user has pinned, one folder each.
///
/// What is pinned here is the anchor of everything else: entries are made by the user's word only, and no
/// error message ever advises removing one to get past a refusal.
public struct TrustStore: Sendable {
    /// The folder that holds the store.
    public let directory: String

    /// Opens the store in a folder, which need not exist.
    public init(directory: String) { self.directory = directory }

    /// All pinned channels, by URL (`trust.pin-damaged` if one of them is).
    public func channels() throws -> [TrustedChannel] { try entries().map { try $0.channel() } }

    /// The pinned channel of that URL (or of which that is a mirror), if there is one.
    ///
    /// - Throws: `trust.pin-damaged` if the root of this channel is; another channel's damage is not its
    /// business.
    public func channel(_ url: ChannelURL) throws -> TrustedChannel? { try entry(url)?.channel() }

    /// Pins a channel's root.
    ///
    /// - Parameter root: the root's bytes; that they are a valid root is for the caller to check.
    /// - Throws: a ``Refusal`` with `trust.already-pinned` if the channel is pinned to another root:
    ///   replacing an anchor takes an explicit removal.
    @discardableResult
    public func add(
        _ url: ChannelURL,
        mirrors: [ChannelURL],
        root: [UInt8],
        origin: TrustedChannel.Origin,
        now: Timestamp
    ) throws -> TrustedChannel {
        let lock = try FileLock(directory + "/.lock")
        defer { withExtendedLifetime(lock) {} }
        let folder = channelsDirectory + "/" + Self.folderName(url.identity)
        if let known = try channel(url) {
            guard known.rootDigest == Digest.of(root) else {
                throw Refusal(
                    GateCode.alreadyPinned,
                    url.description,
                    expected: "\(known.rootDigest)",
                    found: "\(Digest.of(root))"
                )
            }
        } else {
            // What an interrupted removal left is another root's.
            try Folder.removeTree(folder)
        }
        try Folder.create(folder, mode: 0o700)
        try DurableFile.write(root, to: folder + "/root.json")
        let settings: JSONValue = [
            "schema": 1, "url": .string(url.textWithCredentials),
            "mirrors": .array(mirrors.map { .string($0.textWithCredentials) }),
            "root_sha256": .string(Digest.of(root).hex), "origin": .string(origin.rawValue),
            "added": .string(now.description),
        ]
        // Last: without its settings file a folder is not a pinned channel.
        try DurableFile.write(
            JSONWriter.encode(settings, .indented) + [0x0A],
            to: folder + "/channel.json",
            mode: 0o600
        )
        guard let added = try PinnedEntry(in: folder) else {
            throw Failure(.disk, "the channel was not written", at: folder)
        }
        return try added.channel()
    }

    /// Forgets a channel and what was verified of it; says whether there was one. Its root may be damaged.
    public func remove(_ url: ChannelURL) throws -> Bool {
        let lock = try FileLock(directory + "/.lock")
        defer { withExtendedLifetime(lock) {} }
        guard let known = try entry(url) else { return false }
        // First: see `add`.
        try DurableFile.remove(known.directory + "/channel.json")
        try Folder.removeTree(known.directory)
        return true
    }

    private var channelsDirectory: String { directory + "/channels" }

    /// The channel's own entry before one of which it is a mirror.
    private func entry(_ url: ChannelURL) throws -> PinnedEntry? {
        let entries = try entries()
        return entries.first { $0.url == url } ?? entries.first { $0.mirrors.contains(url) }
    }

    private func entries() throws -> [PinnedEntry] {
        try Folder.names(in: channelsDirectory)
            .compactMap { $0.hasPrefix(".") ? nil : try PinnedEntry(in: channelsDirectory + "/" + $0) }
            .sorted { ByteKey($0.url.identity) < ByteKey($1.url.identity) }
    }

    /// A folder name that a person recognises and that no two URLs share.
    private static func folderName(_ url: String) -> String {
        let readable = url.utf8.map { byte -> Character in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2E: Character(Unicode.Scalar(byte))
            default: "-"
            }
        }
        return String(readable.suffix(60)) + "-" + Digest.of(Array(url.utf8)).hex.prefix(12)
    }
}
