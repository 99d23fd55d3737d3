// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import DurableFiles
import TrustCore

/// A set of changes to a channel's folder that happens whole or not at all.
///
/// Everything is staged beside the channel first; one rename commits it; then the files are moved to their
/// places in the order that readers need: packages, their attestations, shards, index, TUF metadata, a new
/// root, `timestamp.json` last (a reader that sees the new timestamp finds everything it leads to). A process that dies before the
/// commit leaves the channel as it was; one that dies after it is finished by whoever comes next, without any
/// key.
struct Publication {
    /// What a file is, in the order files are moved to their places.
    enum Stage: Int, CaseIterable {
        case package
        /// Attestations under names that hold their digest: what the index leads to (CEP 50).
        case attestations
        /// Attestations under the name that always has the newest.
        case newestAttestations
        case shard
        /// What conda content trust needs to verify records by.
        case trust
        /// Index files under names that hold their digest: what TUF clients read.
        case index
        /// Index files under the names that every conda client reads.
        case plainIndex
        case metadata
        /// Root metadata. A reader that has it no longer accepts a timestamp by keys that the root took away,
        /// so the timestamp comes with the very next step.
        case root
        case timestamp
    }

    /// A step that is about to be taken. Up to and with ``committing`` the channel is as it was.
    enum Step: Sendable, Equatable {
        case staging(String)
        case planning
        case committing
        case moving(String)
        case removing(String)
        case forgettingPlan
        case clearing
    }

    /// Is told each step before it is taken. What it throws ends the work there, as a sudden death would.
    typealias Observer = (Step) throws -> Void

    private enum Content {
        case bytes([UInt8])
        case copy(of: String, sha256: Digest)
    }

    private var writes: [(stage: Stage, path: String, content: Content)] = []
    private(set) var removals: [String] = []

    var isEmpty: Bool { writes.isEmpty && removals.isEmpty }
    /// The paths of all files that are planned.
    var paths: Set<ByteKey> { Set(writes.map { ByteKey($0.path) }) }

    /// Plans a file with that content, at a path below the channel's folder.
    mutating func write(_ bytes: [UInt8], to path: String, _ stage: Stage) {
        writes.append((stage, path, .bytes(bytes)))
    }

    /// Plans a copy of a file, which is refused if its digest is another one by then.
    mutating func copy(_ source: String, sha256: Digest, to path: String, _ stage: Stage) {
        writes.append((stage, path, .copy(of: source, sha256: sha256)))
    }

    /// Plans all that another one has planned, too.
    mutating func add(_ other: Publication) {
        writes += other.writes
        removals += other.removals
    }

    /// Plans that a file be removed, after everything else.
    mutating func remove(_ path: String) { removals.append(path) }

    /// Leaves out shards, attestations, and index files under immutable names that are there already, with the
    /// same bytes.
    mutating func omitUnchanged(in channel: String) throws {
        writes = try writes.filter { write in
            guard Self.immutableStages.contains(write.stage), case .bytes(let bytes) = write.content
            else {
                return true
            }
            let path = channel + "/" + write.path
            guard let file = try OpenFile(readingIfThere: path), try file.length() == bytes.count else {
                return true
            }
            return try file.readAll(maximumLength: bytes.count) != bytes
        }
    }

    private static let immutableStages: Set<Stage> = [.attestations, .newestAttestations, .shard, .index]

    /// Performs the changes. The caller holds the channel's lock.
    func commit(to channel: String, observer: Observer = { _ in }) throws {
        let private_ = Self.privateFolder(of: channel)
        let staging = private_ + "/staging"
        guard !Self.isPending(channel) else {
            throw Failure(
                .disk,
                "an earlier publication is not finished",
                at: channel,
                remedy: "open the channel again"
            )
        }
        for path in writes.map(\.path) + removals { try PlannedMoves.check(path, in: channel) }
        try Folder.removeTree(private_ + "/pending")
        try Folder.removeTree(staging)
        try Folder.createDurably(staging)
        let ordered = writes.sorted { $0.stage.rawValue < $1.stage.rawValue }
        for (number, write) in ordered.enumerated() {
            try observer(.staging(write.path))
            try Self.stage(write.content, at: "\(staging)/\(number)")
        }
        try observer(.planning)
        let plan = PlannedMoves(targets: ordered.map(\.path), removals: removals)
        try DurableFile.write(plan.encoded(), to: staging + "/" + PlannedMoves.fileName)
        try observer(.committing)
        try DurableFile.rename(staging, to: private_ + "/pending")
        try Self.finish(channel, observer)
    }

    /// Finishes what a dead process committed, and clears what one only staged. The caller holds the
    /// channel's lock.
    ///
    /// - Returns: whether there was a committed publication to finish.
    /// - Throws: `channel.plan-unsafe`, since the folder may be a copy that somebody else made.
    @discardableResult
    static func recover(_ channel: String, observer: Observer = { _ in }) throws -> Bool {
        let private_ = privateFolder(of: channel)
        for folder in [private_, private_ + "/pending"] where Folder.isSymbolicLink(folder) {
            throw Refusal(ChannelCode.planUnsafe, folder, expected: "a folder", found: "a symbolic link")
        }
        let isPending = isPending(channel)
        if isPending { try finish(channel, observer) }
        try Folder.removeTree(private_ + "/pending")
        try Folder.removeTree(private_ + "/staging")
        return isPending
    }

    /// Whether a committed publication waits to be finished.
    static func isPending(_ channel: String) -> Bool {
        Folder.exists(privateFolder(of: channel) + "/pending/" + PlannedMoves.fileName)
    }

    /// The folder inside a channel that is not for readers.
    static func privateFolder(of channel: String) -> String { channel + "/.kingsnake" }

    private static func stage(_ content: Content, at path: String) throws {
        let target = try OpenFile(creating: path)
        switch content {
        case .bytes(let bytes): try target.write(bytes)
        case .copy(let source, let expected):
            guard let file = try OpenFile(readingIfThere: source) else {
                throw Failure(.disk, "the file is gone", at: source)
            }
            var digest = StreamingDigest(.sha256)
            try file.readChunks { chunk in
                digest.update(chunk)
                try target.write(chunk)
            }
            try expected.check(digest.finish(), of: source)
        }
        try target.synchronize()
    }

    private static func finish(_ channel: String, _ observer: Observer) throws {
        let pending = privateFolder(of: channel) + "/pending"
        guard let plan = try PlannedMoves(in: pending) else { return }
        for path in plan.targets + plan.removals { try PlannedMoves.check(path, in: channel) }
        // A folder's names are flushed once, before the next folder is touched.
        var unflushed: String?
        for (number, path) in plan.targets.enumerated() {
            try observer(.moving(path))
            let source = "\(pending)/\(number)"
            // Gone already if an earlier run got this far; its folder is flushed again all the same.
            let folder = Folder.parent(of: channel + "/" + path)
            if let last = unflushed, last != folder { try Folder.synchronize(last) }
            try Folder.createDurably(folder)
            unflushed = folder
            if Folder.exists(source) { try DurableFile.renameWithoutSync(source, to: channel + "/" + path) }
        }
        if let unflushed { try Folder.synchronize(unflushed) }
        for path in plan.removals {
            try observer(.removing(path))
            try DurableFile.remove(channel + "/" + path)
        }
        try observer(.forgettingPlan)
        try DurableFile.remove(pending + "/" + PlannedMoves.fileName)
        try observer(.clearing)
        try Folder.removeTree(pending)
    }
}
