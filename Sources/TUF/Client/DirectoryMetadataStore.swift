// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import DurableFiles
internal import Synchronization
internal import TrustCore

/// A store in a folder, safe for many processes and for being killed at any moment.
///
/// The newest root is `root.json`, all roots are `root_history/VERSION.root.json`, and the other roles are
/// `ROLE.json` with the role name percent-encoded, so that no name leaves the folder (CVE-2021-41131). The
/// folder is made for its owner only (mode 0700). Nothing else in it ends in `.json`. Symbolic links in it are
/// not followed.
public struct DirectoryMetadataStore: MetadataStore {
    /// The longest file that is read: more than any metadata may have.
    public static let maximumLength = 64 << 20
    /// How long ``lock()`` waits for another process: longer than `TUFLimits.duration` lets an update take.
    public static let maximumWait = Duration.seconds(360)

    /// The folder.
    public let directory: String
    private let leftovers: Leftovers

    /// Uses a folder, making it if it is not there.
    public init(_ directory: String) throws {
        self.directory = directory
        let history = directory + "/root_history"
        leftovers = Leftovers(in: [directory, history])
        try Folder.createDurably(directory, mode: 0o700)
        try Folder.createDurably(history, mode: 0o700)
        // Roots would be written wherever the link leads (CVE-2026-6968).
        guard !Folder.isSymbolicLink(history) else {
            throw Failure(
                .disk,
                "a symbolic link stands where the store keeps its roots",
                at: history,
                remedy: "find out who put it there, and put a folder in its place"
            )
        }
    }

    /// The bytes that were kept; nil if there are none.
    public func read(_ file: StoredMetadata) throws -> [UInt8]? {
        try DurableFile.read(path(of: file), maximumLength: Self.maximumLength, followingLinks: false)
    }

    /// Keeps bytes in place of what was there: written aside, flushed, then renamed.
    ///
    /// Delegated roles are not flushed: five hundred hash bins would wait for the disk a thousand times.
    public func write(_ bytes: [UInt8], as file: StoredMetadata) throws {
        let path = path(of: file)
        if case .role(let name) = file, name.topLevelKind == nil {
            if !isThere(bytes, at: path) { try DurableFile.writeWithoutSync(bytes, to: path) }
            return
        }
        try replace(path, by: bytes)
        // The newest root under the name that other tools look for; only the history is read.
        if case .root = file { try replace(directory + "/root.json", by: bytes) }
    }

    private func replace(_ path: String, by bytes: [UInt8]) throws {
        if !isThere(bytes, at: path) { try DurableFile.write(bytes, to: path) }
    }

    /// What is there already is not written again: an update that brings nothing new leaves the disk alone.
    private func isThere(_ bytes: [UInt8], at path: String) -> Bool {
        let found = try? DurableFile.read(path, maximumLength: bytes.count, followingLinks: false)
        return found == bytes
    }

    /// Forgets a file.
    public func remove(_ file: StoredMetadata) throws { try DurableFile.remove(path(of: file)) }

    /// Waits until no other process, and nobody else in this one, uses the folder.
    ///
    /// Whoever was killed while writing left a file that nobody will finish. The first lock of a store clears
    /// such files away; later ones do not look again, since a registry's store has thousands of files and takes
    /// a lock for every role it looks for.
    public func lock() async throws -> any StoreLock {
        let lock = try await FileLock.whenFree(
            directory + "/.lock",
            within: Self.maximumWait,
            holderIs: "using the trust store",
            at: directory
        )
        try leftovers.removeOnce()
        return HeldStoreLock(lock)
    }

    private func path(of file: StoredMetadata) -> String {
        switch file {
        case .root(let version): "\(directory)/root_history/\(version).root.json"
        case .rotation: "\(directory)/root_history/rotation"
        case .role(let name): "\(directory)/\(name.encoded).json"
        }
    }
}

/// A file lock that is held until it is released, or goes away.
private final class HeldStoreLock: StoreLock {
    private let lock: Mutex<FileLock?>

    init(_ lock: FileLock) { self.lock = Mutex(lock) }

    func release() { lock.withLock { $0 = nil } }
}

/// What killed writers left in the folders of a store.
private final class Leftovers: Sendable {
    private let folders: [String]
    private let areRemoved = Mutex(false)

    init(in folders: [String]) { self.folders = folders }

    /// Removes them, the first time. Only for who holds the store's lock.
    func removeOnce() throws {
        try areRemoved.withLock { areRemoved in
            guard !areRemoved else { return }
            for folder in folders { try DurableFile.removeAbandoned(in: folder) }
            areRemoved = true
        }
    }
}
