// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import DurableFiles
import TrustCore

/// A set of changes to a channel's folder that happens whole or not at all.
///
/// Everything is staged beside the channel first; one rename commits it; then the files are moved to their places in
/// the order that readers need: packages, shards, index, TUF metadata, `timestamp.json` last
/// (a reader that sees the new timestamp finds everything it leads to). A process that dies before the commit leaves
/// the channel as it was; one that dies after it is finished by whoever comes next, without any key.
struct Publication {
    /// What a file is, in the order files are moved to their places.
    enum Stage: Int, CaseIterable {
        case package
        case shard
        /// Index files under names that hold their digest: what TUF clients read.
        case index
        /// Index files under the names that every conda client reads.
        case plainIndex
        case metadata
        case timestamp
    }

    private enum Content {
        case bytes([UInt8])
        case copy(of: String, sha256: Digest)
    }

    private var writes: [(stage: Stage, path: String, content: Content)] = []
    private(set) var removals: [String] = []

    var isEmpty: Bool { writes.isEmpty && removals.isEmpty }

    /// Plans a file with that content, at a path below the channel's folder.
    mutating func write(_ bytes: [UInt8], to path: String, _ stage: Stage) {
        writes.append((stage, path, .bytes(bytes)))
    }

    /// Plans a copy of a file, which is refused if its digest is another one by then.
    mutating func copy(_ source: String, sha256: Digest, to path: String, _ stage: Stage) {
        writes.append((stage, path, .copy(of: source, sha256: sha256)))
    }

    /// Plans that a file be removed, after everything else.
    mutating func remove(_ path: String) { removals.append(path) }

    /// Performs the changes. The caller holds the channel's lock.
    func commit(to channel: String) throws {
        let private_ = Self.privateFolder(of: channel)
        let staging = private_ + "/staging"
        try Folder.removeTree(staging)
        try Folder.create(staging)
        var moves: [JSONValue] = []
        let ordered = writes.sorted { $0.stage.rawValue < $1.stage.rawValue }
        for (number, write) in ordered.enumerated() {
            try Self.stage(write.content, at: staging + "/\(number)")
            moves.append(["from": .string("\(number)"), "to": .string(write.path)])
        }
        let plan: JSONValue = ["schema": 1, "moves": .array(moves), "removals": .array(removals.map { .string($0) })]
        try DurableFile.write(JSONWriter.encode(plan, .indented), to: staging + "/plan.json")
        // The commit point.
        try DurableFile.rename(staging, to: private_ + "/pending")
        try Self.finish(channel)
    }

    /// Finishes what a dead process committed, and clears what one only staged. The caller holds the channel's lock.
    ///
    /// - Returns: whether there was a committed publication to finish.
    @discardableResult
    static func recover(_ channel: String) throws -> Bool {
        let private_ = privateFolder(of: channel)
        let isPending = Folder.exists(private_ + "/pending/plan.json")
        if isPending { try finish(channel) }
        try Folder.removeTree(private_ + "/pending")
        try Folder.removeTree(private_ + "/staging")
        return isPending
    }

    /// Whether a committed publication waits to be finished.
    static func isPending(_ channel: String) -> Bool {
        Folder.exists(privateFolder(of: channel) + "/pending/plan.json")
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

    private static func finish(_ channel: String) throws {
        let pending = privateFolder(of: channel) + "/pending"
        let path = pending + "/plan.json"
        guard let bytes = try DurableFile.read(path, maximumLength: 256 << 20) else { return }
        let plan = try JSONFields(try JSONReader.read(bytes, of: path, limits: JSONLimits(bytes: 256 << 20)), of: path)
        var folders: [String] = []
        for move in try plan.array("moves") {
            let fields = try JSONFields(move, of: path)
            let source = try place(fields.string("from"), in: pending)
            let target = try place(fields.string("to"), in: channel)
            // Gone already if an earlier run got this far.
            guard Folder.exists(source) else { continue }
            if folders.last != Folder.parent(of: target) {
                folders.append(Folder.parent(of: target))
                try Folder.create(Folder.parent(of: target))
            }
            try DurableFile.rename(source, to: target)
        }
        for removal in try plan.strings("removals") { try DurableFile.remove(place(removal, in: channel)) }
        try Folder.removeTree(pending)
    }

    /// A path that a plan names, which must stay in its folder: the plan lies where whoever copies channels can write.
    private static func place(_ path: String, in folder: String) throws -> String {
        guard let safe = PrefixPath(path) else {
            throw Refusal(ChannelCode.planUnsafe, path, at: privateFolder(of: folder))
        }
        return folder + "/" + safe.text
    }
}
