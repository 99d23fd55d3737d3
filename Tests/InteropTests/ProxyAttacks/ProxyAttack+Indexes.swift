// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TestSupport
import TrustCore

/// What happens to indexes, with and without packages that fit.
extension ProxyAttack {
    /// A form of an index, under its own name and under those that promise its bytes.
    private static func isForm(_ name: String) -> @Sendable (String) -> Bool {
        { AttackedChannel.plainName($0).hasSuffix("/" + name) }
    }

    private static let isCompressed = isForm("repodata.json.zst")
    private static let isPlain = isForm("repodata.json")
    private static let isAnyIndex: @Sendable (String) -> Bool = { path in
        path.contains("/shards/")
            || ["repodata.json", "repodata.json.zst", "current_repodata.json", "repodata_shards.msgpack.zst"]
                .contains { isForm($0)(path) }
    }

    static let indexes: [ProxyAttack] = spoiledIndexes + newFiles + changedFiles + otherForms

    private static let spoiledIndexes: [ProxyAttack] = [
        spoiling(
            "web page for an index",
            pinned: .stays("tuf.target-length"),
            observed: .refused("compression.corrupt"),
            isCompressed,
            by: .replace(Array("<html>".utf8))
        ),
        spoiling(
            "index without an end",
            pinned: .stays("limit.too-large"),
            observed: .refused("limit.too-large"),
            isCompressed,
            by: .endless
        ),
        spoiling(
            "index cut off",
            pinned: .stays("-"),
            observed: .stays([]),
            byShards: .unaffected,
            isCompressed,
            by: .truncate(at: 50)
        ),
        spoiling(
            "index altered",
            pinned: .stays("tuf.target-hash"),
            observed: nil,
            isCompressed,
            by: .altered
        ),
        spoiling(
            "plain index altered",
            pinned: .stays("tuf.target-hash"),
            observed: nil,
            form: .plain,
            isPlain,
            by: .altered
        ),
        ProxyAttack(
            name: "index altered, first contact",
            pinned: .refused("tuf.target-hash"),
            observed: nil,
            hasSeenChannel: false
        ) { $0.server.follow { isCompressed($0.path) ? .altered : .normal } },
        spoiling(
            "index withheld",
            pinned: .stays("tuf.target-missing"),
            observed: .stays([]),
            isAnyIndex,
            by: .status(404)
        ),
        ProxyAttack(
            name: "index of another subdir",
            pinned: .stays(.otherTarget),
            observed: .refused("repodata.wrong-subdir")
        ) { channel in
            let other = try channel.fixture.folder.read("noarch/repodata.json.zst")
            channel.server.follow {
                isCompressed($0.path) && $0.path.contains("linux-64") ? .replace(other) : .normal
            }
        },
    ]

    /// A file that this machine never saw: whoever writes an index that nobody signs can put into it what he wants.
    private static let newFiles: [ProxyAttack] = [
        ProxyAttack(
            name: "new file forged with all indexes",
            pinned: .stays(.otherTarget),
            observed: .unnoticed,
            healsObserved: "3"
        ) { channel in
            let forged = try await channel.forged([channel.tool("1"), channel.tool("2", isEvil: true)])
            channel.serve(forged) { isAnyIndex($0) || isNewPackage($0) }
        },
        ProxyAttack(
            name: "new file forged with the plain index",
            pinned: .stays(.otherTarget),
            observed: .unnoticed,
            form: .plain,
            healsObserved: "3"
        ) { channel in
            let forged = try await channel.forged([channel.tool("1"), channel.tool("2", isEvil: true)])
            channel.serve(forged) { isPlain($0) || isNewPackage($0) }
        },
        ProxyAttack(
            name: "new file forged, and others have another",
            pinned: nil,
            observed: .refused("ledger.mirrors-disagree"),
            isCompared: true,
            healsObserved: "3"
        ) { channel in
            let forged = try await channel.forged([channel.tool("1"), channel.tool("2", isEvil: true)])
            channel.serve(forged) { isAnyIndex($0) || isNewPackage($0) }
        },
    ]

    /// A file that this machine has seen, with a record that fits its new bytes.
    static let changedFiles: [ProxyAttack] = [
        ProxyAttack(
            name: "published file changed, with all indexes",
            pinned: .stays(.otherTarget),
            // The file is hidden, and it was the only one.
            observed: .hidden("ledger.hash-changed")
        ) { channel in
            let forged = try await channel.forged([channel.tool("1", isEvil: true)])
            channel.serve(forged) { isAnyIndex($0) || $0.hasSuffix("/tool-1-0.conda") }
        },
        ProxyAttack(
            name: "published file changed, with repodata.json.zst",
            pinned: .stays(.otherTarget),
            // The file is hidden, and it was the only one.
            observed: .unavailable,
            observedByShards: .unaffected
        ) { channel in
            let forged = try await channel.forged([channel.tool("1", isEvil: true)])
            channel.serve(forged) { isCompressed($0) || $0.hasSuffix("/tool-1-0.conda") }
        },
        ProxyAttack(
            name: "published file changed, with the only index, the plain one",
            pinned: .stays(.otherTarget),
            observed: .unavailable,
            form: .plain
        ) { channel in
            let forged = try await channel.forged([channel.tool("1", isEvil: true)])
            channel.serve(forged) { isPlain($0) || $0.hasSuffix("/tool-1-0.conda") }
        },
    ]

    /// Plain forms the proxy does not read: what it serves in their place is made of the one that it verified. Shards and their
    /// index it does.
    private static let otherForms: [ProxyAttack] = [
        OtherForm("repodata.json", .unaffected, .unaffected, isPlain),
        OtherForm("current_repodata.json", .unaffected, .unaffected, isForm("current_repodata.json")),
        // It names a shard that nobody has. Where a whole index was read, packages are admitted by that.
        OtherForm(
            "the shard index",
            .stays(.otherTarget),
            .unaffected,
            byShards: .unavailable,
            isForm("repodata_shards.msgpack.zst")
        ),
        OtherForm(
            "a shard, with another one",
            .refused("shard.digest"),
            .unaffected,
            byShards: .refused("shard.digest")
        ) { $0.contains("/shards/") },
    ].map { form in
        ProxyAttack(
            name: "forged: \(form.name)",
            pinned: form.pinned,
            observed: form.observed,
            observedByShards: form.observedByShards
        ) { channel in
            let forged = try await channel.forged([channel.tool("1"), channel.tool("2", isEvil: true)])
            // A shard is asked for by its honest digest.
            let shards = try FileManager.default.contentsOfDirectory(atPath: forged.path + "/linux-64/shards")
            let shard = try forged.read("linux-64/shards/\(shards[0])")
            let folder = forged.path
            channel.server.follow { request in
                guard form.isServed(request.path) else { return .normal }
                if request.path.contains("/shards/") { return .replace(shard) }
                let name = folder + AttackedChannel.plainName(request.path)
                return FileManager.default.contents(atPath: name).map { .replace(Array($0)) } ?? .status(404)
            }
        }
    }

    private struct OtherForm {
        let name: String
        let pinned: Outcome
        let observed: Outcome
        let observedByShards: Outcome?
        let isServed: @Sendable (String) -> Bool

        init(
            _ name: String,
            _ pinned: Outcome,
            _ observed: Outcome,
            byShards: Outcome? = nil,
            _ isServed: @escaping @Sendable (String) -> Bool
        ) {
            self.name = name
            self.pinned = pinned
            self.observed = observed
            observedByShards = byShards
            self.isServed = isServed
        }
    }
}
