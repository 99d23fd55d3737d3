// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import TrustCore

/// Something that whoever stands between a channel and the proxy does, and what a client behind the proxy gets.
struct ProxyAttack: Sendable {
    /// What becomes of a client that asks for the newest `tool` while the attack goes on.
    enum Outcome: Sendable {
        /// Nothing is installed, and a code says why.
        case refused(Codes)
        /// Nothing is installed, since it could not be found out: no code, and no accusation.
        case unavailable
        /// Nothing is installed. A code says why to whoever was shown the bad file in a shard that nobody had read before; others
        /// are not shown it.
        case hidden(Codes)
        /// The last verified view goes on, and the client installs what that has: version 1. The log says why.
        case stays(Codes)
        /// The last verified view goes on, and the client installs version 2 as before. The log says why.
        case keepsRelease(Codes)
        /// What the owner published is installed: the attack was on something that the proxy does not read.
        case unaffected
        /// The bad record is not shown, so that the client gets version 1.
        case leftOut
        /// The client gets version 1, and nothing that this machine knows tells that there is another.
        case older
        /// The bad package is installed: nothing that this machine knows contradicts it, as the documentation says.
        case unnoticed
    }

    /// The codes by one of which something is refused: a forgery may have another length, or only another digest. None where
    /// the log says nothing; `-` is the log's word for what could not be found out.
    struct Codes: Sendable, ExpressibleByStringLiteral, ExpressibleByArrayLiteral {
        let all: Set<String>

        init(all: Set<String>) { self.all = all }
        init(stringLiteral code: String) { all = [code] }
        init(arrayLiteral codes: String...) { all = Set(codes) }

        /// What is not the file that the signed metadata names.
        static let otherTarget: Codes = ["tuf.target-hash", "tuf.target-length", "limit.too-large"]

        /// Whether these were found, and nothing else.
        func allow(_ found: Set<String>) -> Bool { found.isSubset(of: all) && found.isEmpty == all.isEmpty }
    }

    let name: String
    /// What a channel that is pinned to a TUF root has against it; nil where it makes no sense there.
    var pinned: Outcome?
    /// What a channel that is only observed has against it.
    var observed: Outcome?
    /// What clients by shards get instead, where that is something else: shards are the channel's own (decision 0017).
    var pinnedByShards: Outcome?
    var observedByShards: Outcome?
    /// Which index files the channel signs.
    var form = ChannelFixture.Form.sharded
    /// Whether the machine has seen the good channel before.
    var hasSeenChannel = true
    /// Whether version 2 was there before the attack, and was installed.
    var hasSeenRelease = false
    /// Whether publishers must attest to the packages: to the owner of a pinned channel, to the user of another.
    var isAttested = false
    /// Whether two copies of the channel are compared with it.
    var isCompared = false
    /// Which files come so slowly that they count as not coming.
    var isSlow: @Sendable (String) -> Bool = { _ in false }
    /// Whether the server sends whoever asks to another host.
    var isElsewhere = false
    /// The version that an observed channel heals with. Whoever saw a bad file under a name first refuses the good one: then
    /// the owner has to publish the next version.
    var healsObserved = "2"
    /// Does it. Version 2 was published just before.
    let commit: @Sendable (inout AttackedChannel) async throws -> Void

    func outcome(of kind: AttackedChannel.Kind, byShards: Bool = false) -> Outcome? {
        switch kind {
        case .pinned: byShards ? pinnedByShards ?? pinned : pinned
        case .observed: byShards ? observedByShards ?? observed : observed
        }
    }

    /// A server that does something to some of the files.
    static func spoiling(
        _ name: String,
        pinned: Outcome?,
        observed: Outcome?,
        byShards: Outcome? = nil,
        form: ChannelFixture.Form = .sharded,
        _ isSpoiled: @escaping @Sendable (String) -> Bool,
        by behaviour: ServerBehaviour
    ) -> ProxyAttack {
        ProxyAttack(
            name: name,
            pinned: pinned,
            observed: observed,
            observedByShards: byShards,
            form: form
        ) { channel in
            channel.server.follow { isSpoiled($0.path) ? behaviour : .normal }
        }
    }

    static let all = packages + indexes + records + metadata + attestations
    /// Those that a machine can only tell by what it remembers, and some of the others.
    static let remembered = packages + changedFiles + metadata
}
