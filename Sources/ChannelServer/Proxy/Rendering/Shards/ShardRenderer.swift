// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import Gatekeeper
internal import TrustCore
internal import TrustPolicy

/// Makes the shard indexes that clients are shown, each once, and remembers the last ones: who read an index asks for its
/// shards a little later.
actor ShardRenderer {
    /// A subdir of a channel under a policy: what is hidden by one is not found under another.
    private struct Place: Hashable {
        let channel: String
        let subdir: Subdir
        let policy: Digest
    }

    private struct Known {
        /// Differs whenever the channel's index does, or what of it is judged.
        let id: Digest
        let task: Task<VisibleShards?, any Error>
        /// Whether it is still what clients are shown, for there is nothing in it that cannot be passed on.
        var isGood = true
    }

    /// How many indexes of a subdir are remembered.
    private static let kept = 3
    /// Of how many subdirs.
    private static let maximumPlaces = 64

    private let faulty: FaultyShards
    private var known: [Place: [Known]] = [:]
    /// The one that was asked for last at the end.
    private var order: [Place] = []

    init(folder: String) { faulty = FaultyShards(folder: folder + "/faulty-shards") }

    /// What clients are shown of a shard index; nil if too much of it would have to be made anew.
    func shown(
        _ upstream: UpstreamShards,
        of channel: ChannelURL,
        hiding policy: IndexPolicy,
        _ reach: NameReach,
        now: Timestamp
    ) async throws -> ShownShards? {
        let place = Place(channel: channel.identity, subdir: upstream.subdir, policy: policy.fingerprint)
        let judge = ShardJudge(upstream, of: channel, hiding: policy, reach, now: now)
        guard let visible = try await visible(upstream, place, judge) else { return nil }
        return ShownShards(visible: visible, upstream: upstream, judge: judge, renderer: self)
    }

    private func visible(_ upstream: UpstreamShards, _ place: Place, _ judge: ShardJudge) async throws
        -> VisibleShards?
    {
        use(place)
        let id = RenderingPlace.digest([upstream.id.hex, upstream.changed.fingerprint.hex])
        if let found = known[place]?.last(where: { $0.id == id && $0.isGood }) {
            return try await found.task.value
        }
        let faulty = try faulty.all()
        let task = Task {
            try await VisibleShards(upstream, hiding: judge.reach, faulty: faulty) {
                try await judge.shown($0)
            }
        }
        known[place, default: []].append(Known(id: id, task: task))
        known[place] = known[place]?.suffix(Self.kept)
        do {
            return try await task.value
        } catch {
            // Who asks next tries again.
            known[place]?.removeAll { $0.task == task }
            throw error
        }
    }

    private func use(_ place: Place) {
        order.removeAll { $0 == place }
        order.append(place)
        while order.count > Self.maximumPlaces { known[order.removeFirst()] = nil }
    }

    /// Which package's shard has a digest, or the shard itself if it was made anew: in any of the last indexes of a subdir.
    func find(_ digest: Digest, _ judge: ShardJudge) async -> FoundShard? {
        let place = Place(
            channel: judge.channel.identity,
            subdir: judge.subdir,
            policy: judge.policy.fingerprint
        )
        for one in (known[place] ?? []).reversed() {
            guard let visible = try? await one.task.value else { continue }
            if let bytes = visible.remade[digest] { return .made(bytes) }
            if let name = visible.names[digest] { return .upstream(name) }
        }
        return nil
    }

    /// Notes that a shard cannot be passed on as it is: from now on indexes name another one in its place.
    func note(faulty digest: Digest) throws {
        try faulty.note(digest)
        for place in known.keys {
            for at in (known[place] ?? []).indices { known[place]?[at].isGood = false }
        }
    }
}

/// Where a shard is.
enum FoundShard: Sendable {
    /// It was made anew.
    case made([UInt8])
    /// It is the channel's own, of this package.
    case upstream(PackageName)
}
