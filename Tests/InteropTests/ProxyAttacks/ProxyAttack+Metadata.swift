// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TestSupport
import Testing
import TrustCore

extension ProxyAttack.Codes {
    /// What is not the role that the signed snapshot names.
    static let otherRole: Self = ["tuf.metadata-hash", "tuf.metadata-length", "limit.too-large"]
}

/// What happens to the channel as a whole: states of different moments, and the metadata that tells them apart.
extension ProxyAttack {
    private static let isTimestamp: @Sendable (String) -> Bool = { $0 == "/tuf/timestamp.json" }

    static let metadata: [ProxyAttack] = [
        ProxyAttack(
            name: "rollback",
            pinned: .keepsRelease("tuf.rollback"),
            observed: .keepsRelease("ledger.rollback"),
            hasSeenRelease: true
        ) { channel in
            let old = try channel.asItWas()
            channel.serve(old) { !$0.hasSuffix(".conda") }
        },
        ProxyAttack(name: "rollback to what this machine never saw", observed: .older) { channel in
            channel.serve(try channel.asItWas()) { !$0.hasSuffix(".conda") }
        },
        ProxyAttack(name: "freeze, first contact", pinned: .refused("tuf.expired"), hasSeenChannel: false) {
            channel in
            // The owner went on; the mirror shows what was good a month ago.
            let release = channel.fixture.packages.removeLast()
            try await channel.fixture.publish(now: Clock.now.advanced(byDays: -30))
            let frozen = try channel.fixture.copy()
            channel.kept.append(frozen)
            channel.fixture.packages.append(release)
            try await channel.fixture.publish(now: Clock.now)
            channel.serve(frozen) { $0.hasPrefix("/tuf/") }
        },
        ProxyAttack(name: "freeze", pinned: .older, observed: .older) { channel in
            // Until its metadata is over, a channel that stands still looks like one without news.
            channel.serve(try channel.asItWas()) { !$0.hasSuffix(".conda") }
        },
        ProxyAttack(name: "nobody answers", pinned: .stays("-"), observed: .stays([])) { channel in
            channel.server.follow { _ in .status(503) }
        },
        ProxyAttack(name: "index of before, metadata of now", pinned: .stays(.otherTarget)) { channel in
            channel.serve(try channel.asItWas()) { $0.contains("repodata") }
        },
        ProxyAttack(name: "role of before, metadata of now", pinned: .stays(.otherRole)) { channel in
            let old = try channel.fixture.folder.read("tuf/1.linux-64.json")
            channel.server.follow { $0.path == "/tuf/2.linux-64.json" ? .replace(old) : .normal }
        },
        ProxyAttack(
            name: "repodata.json.zst of now, shards and plain indexes of before",
            pinned: .stays(.otherTarget),
            observed: .unaffected,
            observedByShards: .older
        ) { channel in
            channel.serve(try channel.asItWas()) {
                $0.contains("shard") || AttackedChannel.plainName($0).hasSuffix("repodata.json")
            }
        },
        ProxyAttack(name: "signatures stripped", pinned: .stays("tuf.signatures")) { channel in
            let bytes = try channel.fixture.folder.read("tuf/timestamp.json")
            var object = try #require(JSONReader.read(bytes, of: "timestamp").object)
            object["signatures"] = .array([])
            let stripped = JSONWriter.encode(.object(object))
            channel.server.follow { isTimestamp($0.path) ? .replace(stripped) : .normal }
        },
        ProxyAttack(name: "another channel", pinned: .stays("tuf.signatures")) { channel in
            let forged = try await channel.forged([channel.tool("1"), channel.tool("2", isEvil: true)])
            channel.serve(forged) { !$0.hasSuffix("root.json") }
        },
        ProxyAttack(
            name: "another channel, first contact",
            pinned: .refused("tuf.signatures"),
            hasSeenChannel: false
        ) { channel in
            let forged = try await channel.forged([channel.tool("1"), channel.tool("2", isEvil: true)])
            channel.serve(forged) { !$0.hasSuffix("root.json") }
        },
        spoiling(
            "snapshot withheld",
            pinned: .stays("tuf.metadata-missing"),
            observed: nil,
            { $0.hasSuffix("2.snapshot.json") },
            by: .status(404)
        ),
        spoiling(
            "timestamp without an end",
            pinned: .stays("limit.too-large"),
            observed: nil,
            isTimestamp,
            by: .endless
        ),
    ]
}
