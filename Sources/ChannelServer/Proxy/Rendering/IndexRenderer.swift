// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
internal import DurableFiles
public import Gatekeeper
internal import NIOPosix
public import TrustCore

/// Makes every form of an index that clients ask for from its one verified text, without what a policy hides.
///
/// What is made lies in a folder that several processes may share: each form is made by one of them, is there whole
/// or not at all, is digested when it is opened, and made anew where it was damaged. Renderings of old texts are removed;
/// what was given out of them stays readable. The folder must belong to the user alone: who can write to it can put in files under
/// digests of their own.
public struct IndexRenderer: Sendable {
    private let cache: String
    private let recent = RecentRenderings()
    /// Makes what is shown of channels' own shards.
    let shards: ShardRenderer

    /// Makes a renderer.
    ///
    /// - Parameter folder: where to keep what is made; it is made if it is not there.
    public init(folder: String) {
        cache = folder
        shards = ShardRenderer(folder: folder)
    }

    /// An index of a channel, without what a judge objects to.
    public func rendered(
        _ subdir: UpstreamSubdir,
        of channel: ChannelURL,
        hiding judge: some ListingJudge,
        now: Timestamp
    ) async throws -> RenderedSubdir {
        try await rendered(IndexText(subdir, of: channel), hiding: judge, now: now)
    }

    /// An index, without what a judge objects to.
    ///
    /// A judge that heeds the time is asked once an hour, about its beginning.
    /// - Throws: a `Refusal` if the text is no index, a `Failure` of the disk, or where the text is gone or was altered.
    public func rendered(_ text: IndexText, hiding judge: some ListingJudge, now: Timestamp) async throws
        -> RenderedSubdir
    {
        let hour = Timestamp(seconds: now.seconds - (now.seconds % 3600 + 3600) % 3600)
        let key = RenderingPlace.digest([
            RenderingPlace.version, text.channel.identity, text.subdir.text, text.id.hex,
            judge.fingerprint.hex, text.changed.fingerprint.hex,
            judge.dependsOnTime ? hour.description : "",
        ])
        let rendering = try await recent.rendering(key) { [cache] in
            let judgement = IndexJudgement(text: text, judge: judge, now: hour)
            return try await Self.render(judgement, key, in: RenderingPlace(cache, of: text), now: now)
        }
        return RenderedSubdir(text, hidden: rendering.hidden, parts: rendering.parts)
    }

    private static func render(
        _ judgement: IndexJudgement,
        _ key: Digest,
        in place: RenderingPlace,
        now: Timestamp
    ) async throws -> RecentRenderings.Rendering {
        let policy = judgement.judge.fingerprint
        let folder = place.judged(policy, key)
        let hidden = try await hidden(judgement, in: folder, place, policy)
        let parts = RenderingParts(of: judgement.text.id, hidden: hidden, place: place, policy: policy)
        try await NIOThreadPool.singleton.runIfActive {
            try folder.touch()
            try parts.touch()
            try place.touch()
            try place.removeOld(keeping: [folder, parts.folder])
            try place.removeUnused(now: now)
        }
        return RecentRenderings.Rendering(hidden: hidden, parts: parts)
    }

    private static func hidden(
        _ judgement: IndexJudgement,
        in folder: RenderingFolder,
        _ place: RenderingPlace,
        _ policy: Digest
    ) async throws -> HiddenFiles {
        let lock = try await place.lock(.judgement)
        defer { withExtendedLifetime(lock) {} }
        let text = judgement.text
        let found: HiddenFiles? = try await NIOThreadPool.singleton.runIfActive {
            try folder.find(HiddenFiles.fileName).map { try HiddenFiles($0) }
        }
        if let found { return found }
        let known: Set<Digest> = try await NIOThreadPool.singleton.runIfActive {
            try judgement.known(in: place.allJudged(of: policy))
        }
        let index: RepodataFile = try await NIOThreadPool.singleton.runIfActive { try text.open() }
        return try await judgement.make(index, known: known, in: folder)
    }
}

/// The renderings that were asked for last, so that a request costs no more than a look.
private actor RecentRenderings {
    struct Rendering: Sendable {
        let hidden: HiddenFiles
        let parts: RenderingParts
    }

    /// How many: the subdirs of some channels.
    private static let maximumCount = 32

    private var tasks: [Digest: Task<Rendering, any Error>] = [:]
    /// The keys, the one that was asked for last at the end.
    private var order: [Digest] = []

    func rendering(_ key: Digest, make: @escaping @Sendable () async throws -> Rendering) async throws
        -> Rendering
    {
        order.removeAll { $0 == key }
        order.append(key)
        let task = tasks[key] ?? Task { try await make() }
        tasks[key] = task
        while order.count > Self.maximumCount { tasks[order.removeFirst()] = nil }
        do {
            return try await task.value
        } catch {
            // Who asks next tries again.
            if tasks[key] == task { tasks[key] = nil }
            throw error
        }
    }
}
