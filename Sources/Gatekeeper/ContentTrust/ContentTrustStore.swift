// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ContentTrust
import DurableFiles
import TrustCore

/// What was verified of a channel's content trust, in a folder of the trust store: the roots after the pinned one, and
/// the newest metadata of the key manager.
///
/// It protects from rollback and from nothing else: what is read is verified again, from the pinned root on, and the
/// key manager's copy is only ever compared with. Safe for many processes and for being killed at any moment.
struct ContentTrustStore {
    /// The folder.
    let directory: String

    /// How long ``lock()`` waits for another process: longer than the gate lets a mirror take for metadata.
    static let maximumWait = Duration.seconds(360)

    /// Uses a folder, making it if it is not there.
    init(_ directory: String) throws {
        self.directory = directory
        try Folder.createDurably(directory, mode: 0o700)
    }

    /// Waits until no other process, and nobody else in this one, uses the folder.
    func lock() async throws -> FileLock {
        let lock = try await FileLock.whenFree(
            directory + "/.lock",
            within: Self.maximumWait,
            holderIs: "using the trust store",
            at: directory
        )
        try DurableFile.removeAbandoned(in: directory)
        return lock
    }

    /// The bytes that were kept of a version of the root; nil if there are none.
    func root(_ version: Int64) throws -> [UInt8]? { try read(TrustRole.root.fileName(version: version)) }

    /// The bytes that were kept of the key manager's metadata; nil if there are none.
    func keyManager() throws -> [UInt8]? { try read(Self.keyManagerFile) }

    /// The highest version of which a root is there, good or bad; nil if there is none.
    func newestRoot() throws -> Int64? {
        let ending = ".root.json"
        return try Folder.names(in: directory).compactMap { name -> Int64? in
            name.hasSuffix(ending) ? Int64(name.dropLast(ending.count)) : nil
        }.max()
    }

    /// Keeps a root that was verified.
    func keep(root: VerifiedRoot) throws {
        try write(root.bytes, TrustRole.root.fileName(version: root.version))
    }

    /// Keeps the key manager's metadata that was verified, in place of what was there.
    func keep(keyManager: VerifiedKeyManager) throws { try write(keyManager.bytes, Self.keyManagerFile) }

    private static let keyManagerFile = TrustRole.keyManager.fileName(version: 0)

    /// A file that is longer than any that was kept is not one of them.
    private func read(_ name: String) throws -> [UInt8]? {
        do {
            return try DurableFile.read(
                directory + "/" + name,
                maximumLength: TrustEnvelope.maximumLength,
                followingLinks: false
            )
        } catch is Refusal {
            return nil
        }
    }

    /// What is there already is not written again.
    private func write(_ bytes: [UInt8], _ name: String) throws {
        guard try read(name) != bytes else { return }
        try DurableFile.write(bytes, to: directory + "/" + name, mode: 0o600)
    }
}
