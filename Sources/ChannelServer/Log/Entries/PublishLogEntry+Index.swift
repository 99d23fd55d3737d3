// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import ContentTrust
internal import TUF
internal import TrustCore

extension PublishLogEntry {
    /// An entry that says which bytes the index of a subdir is from now on.
    ///
    /// It names every file of the index by its SHA-256, so that no client can be shown an index of its own that the log
    /// does not know. What stands before it in the log is all that the index may name.
    ///
    /// - Parameter snapshot: the version of the TUF snapshot that vouches for it; nil for a channel that is not signed.
    static func index(
        of subdir: Subdir,
        in channel: HostedChannel,
        files: [IndexFile],
        snapshot: Int64?,
        time: Timestamp
    ) -> PublishLogEntry {
        var entry = PublishLogEntry(.index, channel: channel.name.text, time: time)
        entry.subdir = subdir.text
        var digests = JSONObject()
        for file in files { digests[file.name] = .string(file.sha256.hex) }
        entry.details[indexFilesMember] = .object(digests)
        entry.details["snapshot_version"] = snapshot.map { .number(JSONNumber($0)) }
        return entry
    }

    /// An entry that says that what a channel's offline keys signed is in force from now on: the members `root` and
    /// `targets`, of those that are new, with version and SHA-256 of the metadata file as it is served.
    ///
    /// - Parameters:
    ///   - files: the channel's new metadata.
    ///   - actor: who sent it to the server; nil for its operator.
    static func keyChange(
        of channel: HostedChannel,
        files: [RepositoryFile],
        by actor: FilePublisher?,
        time: Timestamp
    ) -> PublishLogEntry {
        var entry = PublishLogEntry(.keyChange, channel: channel.name.text, time: time)
        entry.publisher = actor
        for file in files where file.role == .root || file.role == .targets {
            entry.details[file.role.text] = .object(metadata(file.version, file.bytes))
        }
        return entry
    }

    /// An entry that says that the channel's records are signed by conda content trust from now on, below the root and the
    /// key manager's metadata in its member `content_trust`; or no longer, where that is `null`.
    ///
    /// - Parameters:
    ///   - trust: the new metadata; nil if records are no longer signed.
    ///   - actor: as above.
    static func keyChange(
        of channel: HostedChannel,
        trust: HostedTrust?,
        by actor: FilePublisher?,
        time: Timestamp
    ) -> PublishLogEntry {
        var entry = PublishLogEntry(.keyChange, channel: channel.name.text, time: time)
        entry.publisher = actor
        entry.details[HostedTrust.setting] = .null
        if let trust {
            let root = trust.chain.root, manager = trust.keyManager
            entry.details[HostedTrust.setting] = [
                "root": .object(metadata(root.version, root.bytes)),
                "key_mgr": .object(metadata(manager.metadata.version, manager.bytes)),
            ]
        }
        return entry
    }

    private static func metadata(_ version: Int64?, _ bytes: [UInt8]) -> JSONObject {
        var object = JSONObject()
        object["sha256"] = .string(Digest.of(bytes).hex)
        object["version"] = version.map { .number(JSONNumber($0)) }
        return object
    }

    /// The member of an `index` entry that names its files.
    static let indexFilesMember = "files"

    /// The files that an `index` entry names, with their digests.
    ///
    /// - Throws: `publish-log.entry` for an entry that names none, or not by SHA-256.
    func indexFiles() throws -> [(name: String, sha256: Digest)] {
        let members = details[Self.indexFilesMember]?.object?.members ?? []
        guard !members.isEmpty else { throw Self.wrong("the `files` of an `index`") }
        return try members.map { member in
            guard let text = member.value.string, let digest = Digest(.sha256, hex: text),
                ByteKey.areEqual(digest.hex, text)
            else { throw Self.wrong("64 small hexadecimal digits for each of `files`") }
            return (member.key, digest)
        }
    }
}
