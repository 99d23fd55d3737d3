// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
import DurableFiles
import TrustCore

/// Which instance counts for which channels, by the user's word: there, and in place of every other one.
///
/// A channel is bound to one instance or to none. What is bound stays so until the user undoes it: no other
/// instance's word counts for the channel's attestations, whatever a command is told of instances.
extension SigstoreTrustStore {
    /// The most channels that are bound.
    public static let maximumChannels = 10_000

    private var channelsPath: String { instancesDirectory + "/channels.json" }
    private static let channelsLimit = 8 << 20

    /// The channels that are bound, and to which instance. A file that cannot be read is an error, and never no
    /// binding.
    ///
    /// - Throws: a `Refusal` with a `json.…` or `name.…` code.
    public func channels() throws -> [ChannelURL: SigstoreInstanceName] {
        let path = channelsPath
        guard let bytes = try DurableFile.read(path, maximumLength: Self.channelsLimit) else { return [:] }
        let fields = try JSONFields(try JSONReader.read(bytes, of: path), of: path)
        guard try fields.integer("schema") == 1 else {
            throw fields.wrong("schema", "1, or a newer Kingsnake")
        }
        var bound: [ChannelURL: SigstoreInstanceName] = [:]
        for entry in try fields.array("channels") {
            let entry = try JSONFields(entry, of: path)
            let channel = try ChannelURL(try entry.string("channel"))
            guard let name = SigstoreInstanceName(try entry.string("instance")) else {
                throw entry.wrong("instance", "the name of an instance")
            }
            guard bound.updateValue(name, forKey: channel) == nil, bound.count <= Self.maximumChannels else {
                throw entry.wrong("channel", "each channel once, at most \(Self.maximumChannels)")
            }
        }
        return bound
    }

    /// The channels that are bound to an instance, by their URLs.
    public func channels(of name: SigstoreInstanceName) throws -> [ChannelURL] {
        try channels().filter { $0.value == name }.keys.sorted { ByteKey($0.identity) < ByteKey($1.identity) }
    }

    /// Binds channels, by their canonical URLs, to a known instance. All or none; again is no change.
    ///
    /// - Throws: `instance.unknown`, or `instance.channel-bound` if one of them is bound to another instance.
    public func bind(_ channels: [ChannelURL], to name: SigstoreInstanceName) throws {
        guard !channels.isEmpty else { return }
        let lock = try FileLock(directory + "/.lock")
        defer { withExtendedLifetime(lock) {} }
        _ = try anchor(name)
        var bound = try self.channels()
        for channel in channels {
            if let other = bound[channel], other != name {
                throw Refusal(
                    SigstoreTrustCode.channelBound,
                    channel.description,
                    expected: "`\(other)`",
                    found: "`\(name)`"
                )
            }
            bound[channel] = name
        }
        guard bound.count <= Self.maximumChannels else {
            throw Failure(
                .configuration,
                "at most \(Self.maximumChannels) channels can be bound to instances"
            )
        }
        try write(bound)
    }

    /// Ends what binds channels to an instance.
    ///
    /// - Parameter channels: the channels; nil for all of the instance's.
    /// - Returns: those of them that were bound to it, by their URLs.
    public func unbind(_ channels: [ChannelURL]? = nil, from name: SigstoreInstanceName) throws
        -> [ChannelURL]
    {
        let lock = try FileLock(directory + "/.lock")
        defer { withExtendedLifetime(lock) {} }
        return try unbindLocked(channels, from: name)
    }

    /// The same, for whoever has the store's lock.
    func unbindLocked(_ channels: [ChannelURL]?, from name: SigstoreInstanceName) throws -> [ChannelURL] {
        var bound = try self.channels()
        let ended = try self.channels(of: name).filter { channels?.contains($0) ?? true }
        guard !ended.isEmpty else { return [] }
        for channel in ended { bound[channel] = nil }
        try write(bound)
        return ended
    }

    private func write(_ bound: [ChannelURL: SigstoreInstanceName]) throws {
        var document = JSONObject()
        document["schema"] = 1
        document["channels"] = .array(
            bound.sorted { ByteKey($0.key.identity) < ByteKey($1.key.identity) }.map { channel, name in
                ["channel": .string(channel.identity), "instance": .string(name.text)]
            }
        )
        try Folder.createDurably(instancesDirectory, mode: 0o700)
        try DurableFile.write(JSONWriter.encode(.object(document), .indented) + [0x0A], to: channelsPath)
    }
}
