// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import TestSupport
import TrustCore

extension Attack {
    /// Every attack of the table.
    static let all: [Attack] = [
        mirror("altered package", "one bit of the package is flipped", "digest.mismatch") { _ in
            { $0.path.hasSuffix(".conda") ? .altered : .normal }
        },
        mirror("altered index", "the shard index is another one", "tuf.target-hash") { _ in
            { $0.path.hasSuffix("repodata_shards.msgpack.zst") ? .altered : .normal }
        },
        mirror("altered shard", "the record of the package is another one", "shard.digest") { _ in
            { $0.path.contains("/shards/") ? .altered : .normal }
        },
        Attack("rollback", "the signed state of last week is served", "tuf.rollback") { world in
            try await world.refusal(servedFrom: world.oldChannel, keepingTrust: true)
        },
        Attack("freeze", "nothing new is ever served, until it expires", "tuf.expired") { world in
            try await world.refusalByExpiredTimestamp()
        },
        mirror("mix-and-match", "an old snapshot under a new timestamp", "tuf.metadata-hash") { world in
            let old = try world.newestFile(".snapshot.json", in: world.oldChannel)
            return { $0.path.hasSuffix(".snapshot.json") ? .replace(old) : .normal }
        },
        mirror("stripped signatures", "the timestamp has no signatures", "tuf.signatures") { world in
            let stripped = try world.edited("timestamp.json") { $0["signatures"] = [] }
            return { $0.path.hasSuffix("timestamp.json") ? .replace(stripped) : .normal }
        },
        Attack("wrong root", "another owner's channel at the same address", "tuf.signatures") { world in
            try await world.refusalOfForeignChannel()
        },
        Attack("too few signatures", "a new root signed by 1 of the 2 that must agree", "tuf.signatures") {
            world in
            try await world.refusalOfHalfSignedRoot()
        },
        Attack(
            "stolen online key",
            "the thief signs an index with another hello in it",
            "gate.maintainers-disagree"
        ) { world in
            try await world.refusalOfForgedPackage()
        },
        mirror("endless data", "the timestamp never ends", "limit.too-large") { _ in
            { $0.path.hasSuffix("timestamp.json") ? .endless : .normal }
        },
        Attack("path traversal", "the package writes to ../../outside", "archive.path-parent") { world in
            try world.refusalOfTraversal()
        },
        Attack("altered file in prefix", "share/world.txt is edited after installation", "audit.altered") {
            world in
            try world.findingOfAlteredFile()
        },
    ]

    /// An attack by a mirror that serves the true channel except for one thing.
    private static func mirror(
        _ name: String,
        _ what: String,
        _ expected: String,
        _ script: @escaping @Sendable (DemoWorld) throws -> LoopbackServer.Script
    ) -> Attack {
        Attack(name, what, expected) { world in
            try await world.refusal(servedFrom: world.channel, script: try script(world))
        }
    }
}
