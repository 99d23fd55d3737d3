// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
import DurableFiles
public import TrustCore

/// The channels whose roots the user has pinned, one folder each.
///
/// What is pinned here is the anchor of everything else: entries are made by the user's word only, and no error
/// message ever advises removing one to get past a refusal.
public struct TrustStore: Sendable {
    /// The folder that holds the store.
    public let directory: String
    private static let settingsLimit = 1 << 20
    private static let rootLimit = 512_000

    /// Opens the store in a folder, which need not exist.
    public init(directory: String) { self.directory = directory }

    /// All pinned channels, by URL.
    public func channels() throws -> [TrustedChannel] {
        try Folder.names(in: channelsDirectory).compactMap { name in
            name.hasPrefix(".") ? nil : try read(channelsDirectory + "/" + name)
        }.sorted { $0.url.identity < $1.url.identity }
    }

    /// The pinned channel of that URL (or of which that is a mirror), if there is one.
    public func channel(_ url: ChannelURL) throws -> TrustedChannel? {
        let channels = try channels()
        return channels.first { $0.url == url } ?? channels.first { $0.answers(to: url) }
    }

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
        if let known = try channel(url), known.rootDigest != Digest.of(root) {
            throw Refusal(
                GateCode.alreadyPinned, url.description, expected: "\(known.rootDigest)", found: "\(Digest.of(root))")
        }
        let folder = channelsDirectory + "/" + Self.folderName(url.identity)
        try Folder.create(folder, mode: 0o700)
        try DurableFile.write(root, to: folder + "/root.json")
        let settings: JSONValue = [
            "schema": 1, "url": .string(url.textWithCredentials),
            "mirrors": .array(mirrors.map { .string($0.textWithCredentials) }),
            "root_sha256": .string(Digest.of(root).hex), "origin": .string(origin.rawValue),
            "added": .string(now.description),
        ]
        // Last: without its settings file a folder is not a pinned channel.
        try DurableFile.write(JSONWriter.encode(settings, .indented) + [0x0A], to: folder + "/channel.json", mode: 0o600)
        guard let added = try read(folder) else { throw Failure(.disk, "the channel was not written", at: folder) }
        return added
    }

    /// Forgets a channel and what was verified of it; says whether there was one.
    public func remove(_ url: ChannelURL) throws -> Bool {
        let lock = try FileLock(directory + "/.lock")
        defer { withExtendedLifetime(lock) {} }
        guard let known = try channel(url) else { return false }
        // First: see `add`.
        try DurableFile.remove(known.directory + "/channel.json")
        try Folder.removeTree(known.directory)
        return true
    }

    private var channelsDirectory: String { directory + "/channels" }

    private func read(_ folder: String) throws -> TrustedChannel? {
        let path = folder + "/channel.json"
        guard let bytes = try DurableFile.read(path, maximumLength: Self.settingsLimit) else { return nil }
        let fields = try JSONFields(try JSONReader.read(bytes, of: path), of: path)
        let url = try ChannelURL(try fields.string("url"))
        guard let root = try DurableFile.read(folder + "/root.json", maximumLength: Self.rootLimit) else {
            throw Refusal(GateCode.pinDamaged, url.description, at: folder, found: "no root.json")
        }
        // The pin is the digest: a root that was swapped on disk is not the one the user gave.
        guard let pinned = Digest(.sha256, hex: try fields.string("root_sha256")), pinned == Digest.of(root) else {
            throw Refusal(
                GateCode.pinDamaged, url.description, at: folder,
                expected: "sha256:\(try fields.string("root_sha256"))", found: "\(Digest.of(root))")
        }
        guard let origin = TrustedChannel.Origin(rawValue: try fields.string("origin")),
            let added = Timestamp(try fields.string("added"))
        else { throw fields.wrong("origin", "a known origin and a date in `added`") }
        return TrustedChannel(
            url: url, mirrors: try fields.strings("mirrors").map { try ChannelURL($0) }, pinnedRoot: root,
            origin: origin, added: added, directory: folder)
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
