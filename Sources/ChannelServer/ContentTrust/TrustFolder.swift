// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import ContentTrust
import DurableFiles
import TrustCore

/// The metadata of conda content trust at the top of a folder: of a signed channel, or of any folder of
/// repodata.
///
/// `1.root.json`, `2.root.json`, … and `key_mgr.json`; `pkg_mgr.json` too if mamba shall read it. They are
/// published one by one, each whole or not at all: a new root first, then the key manager's metadata that its
/// keys signed.
public struct TrustFolder: Sendable {
    /// What is in force in a folder, verified from the first root on.
    public struct State: Sendable {
        /// The roots.
        public let chain: TrustChain
        /// The key manager's metadata as it is on the disk.
        public let keyManager: [UInt8]
    }

    /// The folder.
    public let directory: String

    /// Names a folder.
    public init(directory: String) { self.directory = directory }

    /// What is in force; nil if there is no root.
    ///
    /// Who gave the first root is not known here, nor is looked at what has expired.
    /// - Throws: a `Refusal` with `channel.trust-missing` if a root between the first and the last is not
    ///   there, or the key manager's metadata, or the refusal of what is wrong in them.
    public func state() throws -> State? {
        guard let chain = try chain() else { return nil }
        guard let keyManager = try read(TrustRole.keyManager.fileName(version: 0)) else {
            throw missing(TrustRole.keyManager.fileName(version: 0))
        }
        return State(chain: chain, keyManager: keyManager)
    }

    /// The roots; nil if there is none.
    public func chain() throws -> TrustChain? {
        let versions = try Folder.names(in: directory).compactMap(Self.rootVersion)
        guard let last = versions.max() else { return nil }
        guard let first = try root(1) else { throw missing(TrustRole.root.fileName(version: 1)) }
        var chain = try located(1) { try TrustChain(pinned: first) }
        guard last <= Int64(TrustChain.maximumRotations) else {
            throw Refusal(
                CoreCode.tooLarge,
                directory,
                expected: "at most \(TrustChain.maximumRotations) roots",
                found: "version \(last)"
            )
        }
        var version: Int64 = 2
        while version <= last {
            guard let next = try root(version) else {
                throw missing(TrustRole.root.fileName(version: version))
            }
            try located(version) { try chain.append(next) }
            version += 1
        }
        return chain
    }

    /// The state, which must be there (`channel.trust-missing`).
    public func existing() throws -> State {
        guard let state = try state() else { throw missing(TrustRole.root.fileName(version: 1)) }
        return state
    }

    /// Where the owner's own copy of the first root is, among the keys: whoever can write the served folder
    /// can put another chain there, which names the owner's keys too, and their signatures of its next root
    /// would count for the real one.
    static func anchor(in keys: KeyRing) -> String { keys.directory + "/trust-root.json" }

    /// Demands that a chain leads through the owner's own copy of the first root.
    ///
    /// - Returns: whether there is such a copy.
    /// - Throws: a `Refusal` with `trust-ceremony.other-root`.
    @discardableResult
    public static func checkAnchor(_ chain: TrustChain, in keys: KeyRing) throws -> Bool {
        let path = anchor(in: keys)
        guard let bytes = try DurableFile.read(path, maximumLength: TrustEnvelope.maximumLength) else {
            return false
        }
        do {
            try chain.check(leadsThrough: Digest.of(bytes))
        } catch let refusal as Refusal {
            throw refusal.located(at: path)
        }
        return true
    }

    func root(_ version: Int64) throws -> [UInt8]? { try read(TrustRole.root.fileName(version: version)) }

    func read(_ name: String) throws -> [UInt8]? {
        try DurableFile.read(directory + "/" + name, maximumLength: TrustEnvelope.maximumLength)
    }

    func write(_ bytes: [UInt8], to name: String) throws {
        try DurableFile.write(bytes, to: directory + "/" + name)
    }

    /// The lock that whoever changes the channel holds.
    func lock() throws -> FileLock {
        let folder = Publication.privateFolder(of: directory)
        try Folder.create(folder)
        return try FileLock(folder + "/lock")
    }

    private func missing(_ name: String) -> Refusal {
        Refusal(ChannelCode.trustMissing, name, at: directory)
    }

    private func located<Value>(_ version: Int64, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let refusal as Refusal {
            throw refusal.located(at: directory + "/" + TrustRole.root.fileName(version: version))
        }
    }

    /// The version of a root by its file's name, of which there is one spelling.
    private static func rootVersion(_ name: String) -> Int64? {
        let parts = name.utf8.split(separator: UInt8(ascii: "."), maxSplits: 1)
        guard parts.count == 2, parts[1].elementsEqual("root.json".utf8),
            let version = Int64(String(decoding: parts[0], as: UTF8.self)),
            ByteKey.areEqual(TrustRole.root.fileName(version: version), name)
        else { return nil }
        return version
    }
}
