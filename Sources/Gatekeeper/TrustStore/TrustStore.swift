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

    /// All pinned channels, by URL (`trust.pin-damaged`, or a `json.…` code, if one of them is damaged).
    public func channels() throws -> [TrustedChannel] { try readings().map { try $0.channel.get() } }

    /// All pinned channels by URL, with the reason in place of one that is damaged; those come last, by the names
    /// of their folders.
    public func readings() throws -> [(folder: String, channel: Result<TrustedChannel, any Error>)] {
        try folders()
            .compactMap { folder in
                do {
                    return try PinnedEntry(in: folder).map { entry in
                        (folder, Result { try entry.channel() }, ByteKey(entry.url.identity))
                    }
                } catch {
                    return (folder, .failure(error), nil)
                }
            }
            .sorted { (a: Reading, b: Reading) in
                guard let first = a.identity, let second = b.identity else {
                    return a.identity != nil && b.identity == nil
                }
                return first < second
            }
            .map { ($0.folder, $0.channel) }
    }

    private typealias Reading = (
        folder: String, channel: Result<TrustedChannel, any Error>, identity: ByteKey?
    )

    /// The pinned channel of that URL (or of which that is a mirror), if there is one.
    ///
    /// - Throws: `trust.pin-damaged` or a `json.…` code if this channel is damaged; another channel's damage is
    ///   not its business.
    public func channel(_ url: ChannelURL) throws -> TrustedChannel? {
        try (try ownEntry(url) ?? entry(mirroredBy: url))?.channel()
    }

    /// Pins a channel's root under its canonical URL.
    ///
    /// The same root again replaces mirrors and credentials where new ones are given. When and how the root came
    /// to be trusted stays, unless it was believed on first use and is confirmed now.
    ///
    /// - Parameter root: the root's bytes; that they are a valid root is for the caller to check.
    /// - Throws: a `Refusal` with `trust.already-pinned` if the channel is pinned to another root:
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
        let folder = folder(of: url)
        let known = try ownEntry(url)?.channel()
        if let known {
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
        try Folder.createDurably(folder, mode: 0o700)
        try DurableFile.write(root, to: folder + "/root.json")
        let hasCredentials = ByteKey(url.textWithCredentials) != ByteKey(url.identity)
        let address = hasCredentials ? url : known?.url ?? url
        let sources = mirrors.isEmpty ? known?.mirrors ?? [] : mirrors
        let isConfirmed = known?.origin == .firstUse && origin != .firstUse
        let settings: JSONValue = [
            "schema": .number(JSONNumber(PinnedEntry.schema)), "url": .string(address.textWithCredentials),
            "mirrors": .array(sources.map { .string($0.textWithCredentials) }),
            "root_sha256": .string(Digest.of(root).hex),
            "origin": .string((isConfirmed ? origin : known?.origin ?? origin).rawValue),
            "added": .string((isConfirmed ? now : known?.added ?? now).description),
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

    /// Forgets a channel and what was verified of it; says whether there was one of that canonical URL. It may be
    /// damaged in any way: nothing of it is read.
    public func remove(_ url: ChannelURL) throws -> Bool {
        let lock = try FileLock(directory + "/.lock")
        defer { withExtendedLifetime(lock) {} }
        let folder = folder(of: url)
        guard Folder.exists(folder + "/channel.json") else { return false }
        // First: see `add`.
        try DurableFile.remove(folder + "/channel.json")
        try Folder.removeTree(folder)
        return true
    }

    private var channelsDirectory: String { directory + "/channels" }

    private func folder(of url: ChannelURL) -> String {
        channelsDirectory + "/" + Self.folderName(url.identity)
    }

    /// The entry of a canonical URL, found by the name of its folder.
    private func ownEntry(_ url: ChannelURL) throws -> PinnedEntry? {
        let folder = folder(of: url)
        guard let entry = try PinnedEntry(in: folder) else { return nil }
        guard entry.url == url else {
            throw Refusal(
                GateCode.pinDamaged,
                url.description,
                at: folder,
                expected: "the settings of \(url)",
                found: "those of \(entry.url)"
            )
        }
        return entry
    }

    /// The first entry, by URL, that has the mirror. One that cannot be read answers for no mirror: what is not
    /// found is not trusted.
    private func entry(mirroredBy url: ChannelURL) throws -> PinnedEntry? {
        try folders()
            .compactMap { folder in
                do { return try PinnedEntry(in: folder) } catch is Refusal { return nil }
            }
            .filter { $0.mirrors.contains(url) }
            .min { ByteKey($0.url.identity) < ByteKey($1.url.identity) }
    }

    private func folders() throws -> [String] {
        try Folder.names(in: channelsDirectory).filter { !$0.hasPrefix(".") }
            .map { channelsDirectory + "/" + $0 }
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
