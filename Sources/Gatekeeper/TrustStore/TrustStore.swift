// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
import ContentTrust
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
        try pin(url, mirrors, (root, origin), nil, now)
    }

    /// Pins a channel to a root of conda content trust, under its canonical URL.
    ///
    /// A channel that is pinned to a TUF root stays so: then both must hold. The same root again replaces mirrors,
    /// credentials and the metadata's URL where new ones are given.
    ///
    /// - Parameter tuf: a TUF root to pin in the same step; that it is a valid root is for the caller to check.
    /// - Throws: a `Refusal` with `trust.already-pinned` if the channel is pinned to another root; then nothing is
    ///   pinned.
    @discardableResult
    public func add(
        _ url: ChannelURL,
        mirrors: [ChannelURL],
        contentTrust: ContentTrustPin,
        tuf: RootPin? = nil,
        now: Timestamp
    ) throws -> TrustedChannel {
        try pin(url, mirrors, tuf.map { ($0.bytes, $0.origin) }, contentTrust, now)
    }

    private func pin(
        _ url: ChannelURL,
        _ mirrors: [ChannelURL],
        _ tuf: (root: [UInt8], origin: TrustedChannel.Origin)?,
        _ contentTrust: ContentTrustPin?,
        _ now: Timestamp
    ) throws -> TrustedChannel {
        let lock = try FileLock(directory + "/.lock")
        defer { withExtendedLifetime(lock) {} }
        let folder = folder(of: url)
        let known = try ownEntry(url)?.channel()
        try Self.demandSame(known?.rootDigest, tuf?.root, url)
        try Self.demandSame(known?.contentTrust?.rootDigest, contentTrust?.root.bytes, url)
        // What an interrupted removal left is another root's.
        if known == nil { try Folder.removeTree(folder) }
        try Folder.createDurably(folder, mode: 0o700)
        if let tuf { try DurableFile.write(tuf.root, to: folder + "/root.json") }
        if let contentTrust {
            if known?.contentTrust == nil {
                try Folder.removeTree(TrustedChannel.contentTrustDirectory(in: folder))
            }
            try DurableFile.write(
                contentTrust.root.bytes,
                to: folder + "/" + PinnedEntry.contentTrustRoot
            )
        }
        let hasCredentials = ByteKey(url.textWithCredentials) != ByteKey(url.identity)
        let isConfirmed =
            known?.pinnedRoot != nil && known?.origin == .firstUse && tuf?.origin != .firstUse
            && tuf != nil
        let settings = PinnedEntry.settings(
            url: hasCredentials ? url : known?.url ?? url,
            mirrors: mirrors.isEmpty ? known?.mirrors ?? [] : mirrors,
            tuf: Self.tufPin(known, tuf, isConfirmed: isConfirmed),
            contentTrust: Self.recordPin(known?.contentTrust, contentTrust, now),
            added: isConfirmed ? now : known?.added ?? now
        )
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

    private static func demandSame(_ known: Digest?, _ root: [UInt8]?, _ url: ChannelURL) throws {
        guard let known, let root, known != Digest.of(root) else { return }
        throw Refusal(
            GateCode.alreadyPinned,
            url.description,
            expected: "\(known)",
            found: "\(Digest.of(root))"
        )
    }

    private static func tufPin(
        _ known: TrustedChannel?,
        _ given: (root: [UInt8], origin: TrustedChannel.Origin)?,
        isConfirmed: Bool
    ) -> PinnedEntry.TUFPin? {
        guard let known, let digest = known.rootDigest else {
            return given.map { PinnedEntry.TUFPin(digest: Digest.of($0.root).hex, origin: $0.origin) }
        }
        let origin = isConfirmed ? given?.origin ?? known.origin : known.origin
        return PinnedEntry.TUFPin(digest: digest.hex, origin: origin)
    }

    private static func recordPin(
        _ known: ContentTrustAnchor?,
        _ given: ContentTrustPin?,
        _ now: Timestamp
    ) -> PinnedEntry.RecordPin? {
        guard let digest = known?.rootDigest ?? given?.root.digest else { return nil }
        return PinnedEntry.RecordPin(
            digest: digest.hex,
            metadataURL: given?.metadataURL ?? known?.metadataURL,
            added: known?.added ?? now
        )
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
