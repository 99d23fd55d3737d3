// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import DurableFiles
internal import NIOCore
internal import NIOPosix
internal import TrustCore

/// Finds the forms of one index in the cache, or makes them: each once, however many ask for it at a time.
///
/// The text comes with each request: what is kept here for long has no part of an index in it.
actor RenderingParts {
    /// A form, by its file name.
    enum Form: String, CaseIterable {
        case plain = "repodata.json"
        case compressed = "repodata.json.zst"
        case current = "current_repodata.json"
        case currentCompressed = "current_repodata.json.zst"
        case shardIndex = "repodata_shards.msgpack.zst"

        fileprivate var step: RenderingPlace.Step {
            switch self {
            case .plain: .plain
            case .compressed: .compressed
            case .current: .current
            case .currentCompressed: .currentCompressed
            case .shardIndex: .shards
            }
        }
    }

    private struct Shards: Sendable {
        let index: RenderedFile
        let pack: ShardPack
    }

    private let hidden: HiddenFiles
    private let place: RenderingPlace
    private let policy: Digest
    let folder: RenderingFolder
    private var files: [Form: Task<RenderedFile, any Error>] = [:]
    private var shards: Task<Shards, any Error>?
    /// The packs of earlier texts that were opened, by their folders.
    private var earlier: [String: ShardPack] = [:]

    init(of text: Digest, hidden: HiddenFiles, place: RenderingPlace, policy: Digest) {
        self.hidden = hidden
        self.place = place
        self.policy = policy
        folder = place.forms(
            policy,
            RenderingPlace.digest([RenderingPlace.version, text.hex, hidden.digest.hex])
        )
    }

    /// Says that they were used just now.
    nonisolated func touch() throws { try folder.touch() }

    /// A form.
    func file(_ form: Form, of text: IndexText) async throws -> RenderedFile {
        if form == .shardIndex { return try await allShards(of: text).index }
        if let task = files[form] { return try await task.value }
        let task = Task { try await make(form, of: text) }
        files[form] = task
        do {
            return try await task.value
        } catch {
            // Who asks next tries again.
            files[form] = nil
            throw error
        }
    }

    /// A shard of this index, or of an earlier one.
    func shard(_ digest: Digest, of text: IndexText) async throws -> RenderedFile? {
        if let shard = try await allShards(of: text).pack.shard(digest) { return shard }
        for other in try place.allForms(of: policy) where other.path != folder.path {
            if earlier[other.path] == nil {
                earlier[other.path] = try await Self.onThread { try Self.pack(in: other) }
            }
            if let shard = earlier[other.path]?.shard(digest) { return shard }
        }
        return nil
    }

    private func allShards(of text: IndexText) async throws -> Shards {
        if let shards { return try await shards.value }
        let task = Task { try await makeShards(of: text) }
        shards = task
        do {
            return try await task.value
        } catch {
            shards = nil
            throw error
        }
    }

    // MARK: Making

    /// Long work, off the threads that answer requests.
    private static func onThread<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result)
        async throws
        -> Result
    {
        try await NIOThreadPool.singleton.runIfActive(work)
    }

    private func make(_ form: Form, of text: IndexText) async throws -> RenderedFile {
        // What is compressed is made first, under its own lock, unless the channel's own form is as good.
        let isOwn = form == .compressed ? try await isOwnForm(text) : false
        let source: RenderedFile? =
            switch form {
            case .compressed where !isOwn: try await file(.plain, of: text)
            case .currentCompressed: try await file(.current, of: text)
            default: nil
            }
        let lock = try await place.lock(form.step)
        defer { withExtendedLifetime(lock) {} }
        return try await Self.onThread { [folder, hidden] in
            if let found = try folder.find(form.rawValue) { return found }
            if let source { return try Self.compress(source, as: form, in: folder) }
            let visible = try VisibleIndex(text, hiding: hidden)
            if form == .plain, visible.isTextItself {
                return RenderedFile(
                    visible.index.source,
                    sha256: visible.index.digest,
                    contentType: IndexFile.mediaType(of: form.rawValue)
                )
            }
            let draft = try folder.begin(form.rawValue)
            if isOwn, let own = text.compressed {
                try own.forEachPiece(of: 0..<own.length) { try draft.write($0) }
            } else if form == .plain {
                try visible.writePlain { try draft.write($0) }
            } else {
                try visible.writeCurrent { try draft.write($0) }
            }
            return try draft.finish()
        }
    }

    /// Whether the channel's own compressed form is given out: that of a text of which nothing is hidden or left out.
    private func isOwnForm(_ text: IndexText) async throws -> Bool {
        guard text.compressed != nil, hidden.count == 0 else { return false }
        return try await Self.onThread { [hidden] in try VisibleIndex(text, hiding: hidden).isTextItself }
    }

    /// Compresses on all cores: the same bytes on any number of them.
    private static func compress(_ source: RenderedFile, as form: Form, in folder: RenderingFolder) throws
        -> RenderedFile
    {
        let draft = try folder.begin(form.rawValue)
        let encoder = try ZstdEncoder(
            contentLength: Int(source.length),
            level: IndexAssembler.level,
            threads: System.coreCount
        )
        try source.bytes.forEachPiece(of: 0..<Int(source.length)) { piece in
            try piece.withUnsafeBytes { try encoder.consume($0) { try draft.write($0) } }
        }
        try encoder.finish { try draft.write($0) }
        return try draft.finish()
    }

    private func makeShards(of text: IndexText) async throws -> Shards {
        let lock = try await place.lock(.shards)
        defer { withExtendedLifetime(lock) {} }
        let (folder, place) = (folder, place)
        if let found = try await Self.onThread({ try Self.shards(in: folder) }) { return found }
        let (visible, earlier) = try await Self.onThread { [hidden] in
            (try VisibleIndex(text, hiding: hidden), try Self.newestPack(in: place))
        }
        let made = try await ShardRendering(visible: visible, earlier: earlier).write(to: folder)
        guard let pack = try ShardPack(made.pack) else {
            throw Failure(.disk, "the shards that were just made cannot be read", at: made.pack.path)
        }
        return Shards(index: made.index, pack: pack)
    }

    private static func shards(in folder: RenderingFolder) throws -> Shards? {
        guard let index = try folder.find(ShardIndex.fileName), let pack = try pack(in: folder) else {
            return nil
        }
        return Shards(index: index, pack: pack)
    }

    private static func pack(in folder: RenderingFolder) throws -> ShardPack? {
        try folder.find(ShardPack.fileName).flatMap { try ShardPack($0) }
    }

    /// The shards that were made last, under any policy: what a shard is made of says it all.
    private static func newestPack(in place: RenderingPlace) throws -> ShardPack? {
        for folder in try place.allForms() {
            if let pack = try pack(in: folder) { return pack }
        }
        return nil
    }
}
