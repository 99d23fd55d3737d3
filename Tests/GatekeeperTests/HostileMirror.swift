// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import TestSupport
import Testing
import TrustCore

/// Something a mirror does to a client, and the code by which it is noticed.
struct HostileMirror: Sendable, CustomTestStringConvertible {
    /// What the mirror serves, and how.
    struct Service: Sendable {
        var folder: TemporaryFolder
        var script: LoopbackServer.Script = { _ in .normal }
    }

    let testDescription: String
    /// The refusal's code; nil where the mirror only fails to deliver.
    let code: String?
    /// Which index files the channel signs.
    var form = ChannelFixture.Form.sharded
    /// Whether the client has seen the good channel before.
    var hasSeenChannel = false
    /// When the client asks, in days after the channel was made.
    var day = 0
    /// Prepares the mirror. Whatever is done to the channel itself is what good mirrors serve.
    let arrange: @Sendable (inout ChannelFixture) async throws -> Service

    /// A mirror that serves the channel with one of its files replaced or spoiled.
    static func spoiling(
        _ name: String,
        _ code: String?,
        form: ChannelFixture.Form = .sharded,
        _ isSpoiled: @escaping @Sendable (String) -> Bool,
        by behaviour: ServerBehaviour
    ) -> HostileMirror {
        HostileMirror(testDescription: name, code: code, form: form) { fixture in
            Service(folder: fixture.folder) { isSpoiled($0.path) ? behaviour : .normal }
        }
    }

    static let all: [HostileMirror] = content + metadata + transfers

    private static let isPackage: @Sendable (String) -> Bool = { $0.hasSuffix(".conda") }
    private static let isIndex: @Sendable (String) -> Bool = { $0.contains(".repodata") }
    private static let isTimestamp: @Sendable (String) -> Bool = { $0 == "/tuf/timestamp.json" }

    private static let content: [HostileMirror] = [
        spoiling("altered package", "digest.mismatch", isPackage, by: .altered),
        spoiling("another package", "digest.mismatch", isPackage, by: .replace([1, 2, 3])),
        spoiling(
            "package with bytes added",
            "limit.too-large",
            isPackage,
            by: .replace(Array(repeating: 0, count: 9999))
        ),
        spoiling("altered shard index", "tuf.target-hash", isIndex, by: .altered),
        spoiling("altered compressed index", "tuf.target-hash", form: .compressed, isIndex, by: .altered),
        spoiling("altered plain index", "tuf.target-hash", form: .plain, isIndex, by: .altered),
        spoiling("shortened index", "tuf.target-length", form: .plain, isIndex, by: .replace([0x7B, 0x7D])),
        spoiling("withheld index", "tuf.target-missing", form: .plain, isIndex, by: .status(404)),
        spoiling("altered shard", "shard.digest", { $0.contains("/shards/") }, by: .altered),
        spoiling("empty shard", "shard.digest", { $0.contains("/shards/") }, by: .replace([])),
    ]

    private static let metadata: [HostileMirror] = [
        HostileMirror(testDescription: "rollback", code: "tuf.rollback", hasSeenChannel: true) { fixture in
            // The mirror keeps the state of before the client's last visit.
            Service(folder: try fixture.copy())
        },
        HostileMirror(testDescription: "freeze", code: "tuf.expired", day: 3) { fixture in
            let old = try fixture.copy()
            try await fixture.publish(now: ChannelFixture.start.advanced(byDays: 3))
            return Service(folder: old)
        },
        HostileMirror(testDescription: "mix and match", code: "tuf.metadata-hash", form: .plain) { fixture in
            // Another package under the same name: the index, and with it the role, keep their lengths.
            let old = try fixture.folder.read("tuf/1.linux-64.json")
            fixture.packages[0] = try FixturePackage.sample("another")
            try await fixture.publish()
            return Service(folder: fixture.folder) {
                $0.path == "/tuf/2.linux-64.json" ? .replace(old) : .normal
            }
        },
        HostileMirror(testDescription: "stripped signatures", code: "tuf.signatures") { fixture in
            let bytes = try fixture.folder.read("tuf/timestamp.json")
            var object = try #require(JSONReader.read(bytes, of: "timestamp").object)
            object["signatures"] = .array([])
            let stripped = JSONWriter.encode(.object(object))
            return Service(folder: fixture.folder) { isTimestamp($0.path) ? .replace(stripped) : .normal }
        },
        HostileMirror(testDescription: "altered metadata", code: "tuf.signatures") { fixture in
            let text = String(decoding: try fixture.folder.read("tuf/timestamp.json"), as: UTF8.self)
            let later = Array(
                text.replacingOccurrences(of: #""expires":"2026"#, with: #""expires":"2036"#).utf8
            )
            #expect(later != Array(text.utf8))
            return Service(folder: fixture.folder) { isTimestamp($0.path) ? .replace(later) : .normal }
        },
        HostileMirror(testDescription: "wrong root", code: "tuf.signatures") { fixture in
            let stranger = try await ChannelFixture(packages: fixture.packages).root
            return Service(folder: fixture.folder) {
                $0.path == "/tuf/2.root.json" ? .replace(stranger) : .normal
            }
        },
        HostileMirror(testDescription: "another channel", code: "tuf.signatures") { fixture in
            Service(folder: try await ChannelFixture(packages: fixture.packages).folder)
        },
        spoiling("withheld timestamp", "tuf.metadata-missing", isTimestamp, by: .status(404)),
        spoiling(
            "a web page instead of metadata",
            "json.syntax",
            isTimestamp,
            by: .replace(Array("<html>".utf8))
        ),
    ]

    private static let transfers: [HostileMirror] = [
        spoiling("endless metadata", "limit.too-large", isTimestamp, by: .endless),
        spoiling("endless index", "limit.too-large", isIndex, by: .endless),
        spoiling("endless shard", "limit.too-large", { $0.contains("/shards/") }, by: .endless),
        spoiling("endless package", "limit.too-large", isPackage, by: .endless),
        spoiling("slow package", nil, isPackage, by: .drip(bytesPerSecond: 50)),
        spoiling("slow metadata", nil, isTimestamp, by: .drip(bytesPerSecond: 50)),
        spoiling("package cut off", nil, isPackage, by: .truncate(at: 100)),
        spoiling("connection reset", nil, isIndex, by: .reset(after: 10)),
        spoiling("withheld package", nil, isPackage, by: .status(404)),
        spoiling("out of order", nil, { _ in true }, by: .status(503)),
    ]
}
