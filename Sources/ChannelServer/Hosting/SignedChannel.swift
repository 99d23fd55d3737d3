// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import DurableFiles
import SigningKeys
import TUF
public import TrustCore

/// A signed channel in a folder, opened for changes by whoever holds its online keys.
///
/// Opening takes the channel's lock, finishes a publication that was interrupted, and verifies the metadata from the
/// root down as a client would. Every change is one ``Publication``: whole or not at all.
public struct SignedChannel {
    /// The folder.
    public let directory: String
    /// What the owner decided.
    public private(set) var settings: ChannelSettings
    private let keys: KeyRing
    private let passphrase: KeyRing.PassphraseSource
    private let lock: FileLock
    private var editor: RepositoryEditor

    static let rootCopy = "root.json"
    static let metadataLimit = 64 << 20
    static let indexLimit = 2 << 30

    /// Opens a channel.
    ///
    /// - Throws: `channel.not-a-channel`, or the refusal of whatever is wrong with its metadata.
    public init(
        directory: String,
        keys: KeyRing,
        passphrase: @escaping KeyRing.PassphraseSource,
        now: Timestamp
    ) throws {
        let first = directory + "/" + ChannelLayout.metadataFile("1.root.json")
        guard Folder.exists(first) || Publication.isPending(directory) else {
            throw Refusal(ChannelCode.notAChannel, directory)
        }
        lock = try FileLock(Publication.privateFolder(of: directory) + "/lock")
        try Publication.recover(directory)
        // The copy beside the keys is the owner's own; the one in the served folder is only as good as that folder.
        let ownRoot = try DurableFile.read(keys.directory + "/" + Self.rootCopy, maximumLength: Self.metadataLimit)
        guard let root = try ownRoot ?? DurableFile.read(first, maximumLength: Self.metadataLimit) else {
            throw Refusal(ChannelCode.notAChannel, directory)
        }
        editor = try RepositoryEditor(trustedRoot: root) { name in
            try DurableFile.read(
                directory + "/" + ChannelLayout.metadataFile(name), maximumLength: Self.metadataLimit)
        }
        settings = try ChannelSettings(in: keys.directory) ?? ChannelSettings(subdirs: [])
        editor.lifetimes = settings.lifetimes.roles
        self.directory = directory
        self.keys = keys
        self.passphrase = passphrase
    }

    /// Puts packages in, all or none. One that is there already with the same bytes is left as it is.
    ///
    /// - Throws: `channel.package-exists` for a name that has other bytes, `channel.subdir-not-delegated`.
    public mutating func add(_ packages: [IncomingPackage], now: Timestamp) async throws -> ChannelChange {
        var change = ChannelChange()
        var publication = Publication()
        var contents: [Subdir: SubdirContents] = [:]
        for package in packages {
            let file = ChannelFile(subdir: package.subdir, fileName: package.fileName)
            var subdir = try contents[package.subdir] ?? read(package.subdir)
            if let known = subdir.records[package.fileName] {
                guard known.sha256 == package.sha256 else {
                    throw Refusal(
                        ChannelCode.packageExists, file.description, expected: known.sha256?.description,
                        found: package.sha256.description)
                }
                change.unchanged.append(file)
                continue
            }
            subdir.insert(package.record)
            contents[package.subdir] = subdir
            publication.copy(
                package.path, sha256: package.sha256,
                to: ChannelLayout.file(package.fileName.text, in: package.subdir), .package)
            change.added.append(file)
        }
        try await publish(contents.values.sorted { $0.subdir < $1.subdir }, &publication, &change, now: now)
        return change
    }

    /// Takes packages out of the index, all or none. Their names stay listed as removed.
    ///
    /// - Throws: `channel.package-unknown`.
    public mutating func remove(
        _ files: [ChannelFile],
        deletingFiles: Bool,
        now: Timestamp
    ) async throws -> ChannelChange {
        var change = ChannelChange()
        var publication = Publication()
        var contents: [Subdir: SubdirContents] = [:]
        for file in files {
            var subdir = try contents[file.subdir] ?? read(file.subdir)
            guard subdir.remove(file.fileName) else {
                throw Refusal(ChannelCode.packageUnknown, file.description)
            }
            contents[file.subdir] = subdir
            if deletingFiles { publication.remove(file.description) }
            change.removed.append(file)
        }
        try await publish(contents.values.sorted { $0.subdir < $1.subdir }, &publication, &change, now: now)
        return change
    }

    /// What `sign` renews.
    public enum Renewal: Sendable {
        /// What has less than a part of its life left: half for the timestamp, a third for the others.
        case whatIsDue
        /// Everything that the keys at hand can sign.
        case everything
    }

    /// Renews signatures, and writes index files again where they are missing or altered, if asked.
    public mutating func sign(_ renewal: Renewal, repairing: Bool, now: Timestamp) async throws -> ChannelChange {
        var change = ChannelChange()
        var publication = Publication()
        if repairing { try repair(&publication, &change) }
        try await publish([], &publication, &change, renewal: renewal, now: now)
        for role in editor.status where isDue(role, .whatIsDue, now) {
            let offline = role.role == .root || role.role == .targets
            change.left.append(
                "`\(role.role)` expires on \(role.expires?.description ?? "?") and needs "
                    + (offline ? "its offline keys, which are not in \(keys.directory)" : "the online key"))
        }
        return change
    }

    /// What the signed index of a subdir says.
    func read(_ subdir: Subdir) throws -> SubdirContents {
        guard let role = RoleName(subdir.text), let metadata = editor.roles[role] else {
            throw Refusal(
                ChannelCode.subdirNotDelegated, subdir.text,
                expected: editor.roles.keys.filter { $0 != .targets }.sorted().map(\.text).joined(separator: ", "))
        }
        return try SignedFiles(directory: directory).contents(of: role, metadata) ?? SubdirContents(subdir)
    }

    /// Writes the indexes of what changed, signs, and commits.
    mutating func publish(
        _ contents: [SubdirContents],
        _ publication: inout Publication,
        _ change: inout ChannelChange,
        renewal: Renewal? = nil,
        now: Timestamp
    ) async throws {
        for subdir in contents { try editor.stageIndexes(of: subdir, &publication) }
        var signers: [any Signer] = try keys.unlock(.online, passphrase: passphrase)
        if let renewal {
            let due = editor.status.filter { isDue($0, renewal, now) }.map(\.role)
            signers += try offlineSigners(for: due)
            editor.renew(due, by: signers)
        }
        let files = try await editor.publish(signers: signers, now: now)
        publication.write(files)
        change.signed += files.map { "\($0.role) version \($0.version)" }
        guard !publication.isEmpty else { return }
        try publication.commit(to: directory)
    }

    /// The offline keys that are here, if a role needs them: nobody is asked for a passphrase in vain.
    private func offlineSigners(for due: [RoleName]) throws -> [any Signer] {
        var signers: [any Signer] = []
        for (role, purpose) in [(RoleName.targets, KeyRing.Purpose.targets), (.root, .root)] where due.contains(role) {
            signers += try keys.unlock(purpose, passphrase: passphrase).map { $0 as any Signer }
        }
        return signers
    }

    /// Plans to write again whatever the readers' copies of the signed index lack.
    private func repair(_ publication: inout Publication, _ change: inout ChannelChange) throws {
        for (role, metadata) in editor.roles.sorted(by: { $0.key < $1.key }) where role != .targets {
            let subdir = try Subdir(role.text)
            let contents = try read(subdir)
            let (files, shards) = try contents.encoded()
            for (digest, bytes) in shards {
                let path = ChannelLayout.shard(digest, in: subdir)
                if try differs(path, bytes) {
                    publication.write(bytes, to: path, .shard)
                    change.repaired.append(path)
                }
            }
            for (name, bytes) in files {
                guard let path = TargetPath(ChannelLayout.file(name, in: subdir)),
                    metadata.targets[path] == TargetFile(of: bytes)
                else { continue }
                let immutable = ChannelLayout.immutableFile(name, digest: Digest.of(bytes), in: subdir)
                for (file, stage) in [(immutable, Publication.Stage.index), (path.text, .plainIndex)]
                where try differs(file, bytes) {
                    publication.write(bytes, to: file, stage)
                    change.repaired.append(file)
                }
            }
        }
    }

    private func differs(_ path: String, _ bytes: [UInt8]) throws -> Bool {
        try DurableFile.read(directory + "/" + path, maximumLength: Self.indexLimit) != bytes
    }

    private func isDue(_ role: RoleStatus, _ renewal: Renewal, _ now: Timestamp) -> Bool {
        guard renewal == .whatIsDue, let expires = role.expires else { return true }
        let life = editor.lifetimes.seconds(for: role.role)
        let rest = role.role == .timestamp ? life / 2 : life / 3
        return expires <= now.advanced(bySeconds: rest)
    }
}

extension ChannelSettings.Lifetimes {
    /// The same for the metadata editor.
    var roles: RoleLifetimes {
        var lifetimes = RoleLifetimes()
        lifetimes.root = root
        lifetimes.targets = targets
        lifetimes.delegated = subdir
        lifetimes.snapshot = snapshot
        lifetimes.timestamp = timestamp
        return lifetimes
    }
}
