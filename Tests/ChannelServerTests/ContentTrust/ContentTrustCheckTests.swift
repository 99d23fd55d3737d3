// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ChannelServer
import CondaFormats
import ContentTrust
import Foundation
import SigningKeys
import TestSupport
import Testing
import TrustCore

@Suite("The check of a channel's content trust")
struct ContentTrustCheckTests {
    /// One change to a good folder, and the code of the finding, or of the refusal of the whole.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let code: String
        let kind: RefusalKind
        let change: @Sendable (inout TrustedFolder) throws -> Void
    }

    @Test("A record that is not as it should be is a finding with its code", arguments: findings)
    func finds(_ item: Case) async throws {
        var scene = try TrustedFolder()
        try item.change(&scene)
        try await scene.writeMetadata()
        try scene.folder.write(scene.index(), to: "linux-64/repodata.json")
        let report = try await Self.run(scene)
        #expect(report.recordCount == 2 && report.goodCount == 1)
        #expect(report.subdirs.first?.findings.map(\.code) == [item.code])
        #expect(report.worst == item.kind)
    }

    static let findings: [Case] = [
        Case(testDescription: "changed", code: "content-trust.record-signature", kind: .invalid) {
            $0.records[0].record["license"] = "GPL"
        },
        Case(testDescription: "unsigned", code: "content-trust.record-unsigned", kind: .missing) {
            $0.signatures[TrustedFolder.zlib] = nil
        },
        Case(testDescription: "signed by a stranger", code: "content-trust.record-signature", kind: .invalid)
        {
            $0.signatures[TrustedFolder.zlib] = try $0.signature(
                of: $0.records[0].record,
                by: .generate(.ed25519)
            )
        },
        Case(testDescription: "another file name", code: "repodata.record-version", kind: .invalid) {
            let other = "zlib-9.9-0.conda"
            $0.signatures[other] = try $0.signature(of: $0.records[0].record)
            $0.records[0].name = other
        },
        Case(testDescription: "another subdir", code: "repodata.record-subdir", kind: .invalid) {
            $0.records[0].record["subdir"] = "noarch"
            $0.signatures[TrustedFolder.zlib] = try $0.signature(of: $0.records[0].record)
        },
        Case(testDescription: "no subdir", code: "gate.record-subdir", kind: .invalid) {
            $0.records[0].record["subdir"] = nil
            $0.signatures[TrustedFolder.zlib] = try $0.signature(of: $0.records[0].record)
        },
        Case(testDescription: "names another file", code: "gate.record-file", kind: .invalid) {
            $0.records[0].record["fn"] = "other-1-0.conda"
            $0.signatures[TrustedFolder.zlib] = try $0.signature(of: $0.records[0].record)
        },
        Case(testDescription: "no SHA-256", code: "channel.record-without-digest", kind: .missing) {
            $0.records[0].record["sha256"] = nil
            $0.signatures[TrustedFolder.zlib] = try $0.signature(of: $0.records[0].record)
        },
    ]

    @Test("A good folder is good, in all its forms")
    func good() async throws {
        let scene = try TrustedFolder()
        try await scene.writeAll()
        let report = try await Self.run(scene)
        #expect(report.goodCount == 2 && report.findingCount == 0 && report.worst == nil)
        #expect(report.rootVersion == 1 && report.expires == TrustedFolder.later)
        #expect(report.subdirs.first?.compared == ["repodata.json.zst", "current_repodata.json"])
    }

    @Test("Findings beyond the limit are counted, and not kept")
    func limit() async throws {
        var scene = try TrustedFolder()
        scene.signatures = JSONObject()
        try await scene.writeMetadata()
        try scene.folder.write(scene.index(), to: "linux-64/repodata.json")
        let report = try await Self.run(scene, keeping: 1)
        #expect(report.findingCount == 2 && report.subdirs.first?.findings.count == 1)
        #expect(report.subdirs.first?.counts == ["content-trust.record-unsigned": 2])
    }

    @Test("Other index files that say otherwise refuse the channel")
    func forms() async throws {
        var scene = try TrustedFolder()
        try await scene.writeAll()
        try scene.folder.write(Zstd.compress(scene.index(subdir: "noarch")), to: "linux-64/repodata.json.zst")
        #expect(await refusalCode { try await Self.run(scene) } == "channel.indexes-disagree")
        try await scene.writeAll()
        try scene.folder.write(Zstd.compress(scene.index()), to: "linux-64/current_repodata.json.zst")
        #expect(try await Self.run(scene).subdirs.first?.compared.count == 3)
        try scene.folder.write(
            Zstd.compress(scene.index(subdir: "noarch")),
            to: "linux-64/current_repodata.json.zst"
        )
        #expect(await refusalCode { try await Self.run(scene) } == "channel.indexes-disagree")
        scene.signatures[TrustedFolder.zlib] = nil
        try scene.folder.write(scene.index(), to: "linux-64/current_repodata.json")
        #expect(await refusalCode { try await Self.run(scene) } == "channel.indexes-disagree")
    }

    @Test("A malformed signature refuses the index, whether its record is listed or not")
    func malformed() async throws {
        for name in [TrustedFolder.zlib, "gone-1-0.conda"] {
            var scene = try TrustedFolder()
            scene.signatures[name] = ["00": ["signature": "00"]]
            try await scene.writeMetadata()
            try scene.folder.write(scene.index(), to: "linux-64/repodata.json")
            #expect(await refusalCode { try await Self.run(scene) } == "content-trust.signature-format")
        }
    }

    @Test("An index that somebody writes while it is checked is no verdict but a failure")
    func written() async throws {
        let scene = try TrustedFolder()
        try await scene.writeMetadata()
        let good = scene.index()
        try scene.folder.write(good, to: "linux-64/repodata.json")
        let check = ContentTrustCheck(
            ContentTrustSource(directory: scene.folder.path),
            now: TrustedFolder.now
        )
        let root = try scene.folder.read("1.root.json")
        let path = scene.folder.path + "/linux-64/repodata.json"
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        // In place; the same length, and shorter.
        for change in [{ try file.write(contentsOf: [0x20]) }, { try file.truncate(atOffset: 50) }] {
            await #expect(throws: Failure.self) {
                try await check.run(root: root, subdirs: Self.subdirs) { _ in try? change() }
            }
            try file.truncate(atOffset: 0)
            try file.write(contentsOf: good)
            try file.seek(toOffset: 0)
        }
    }

    @Test("A root that is there without the one before it refuses the channel")
    func gap() async throws {
        let scene = try TrustedFolder()
        try await scene.writeAll()
        try scene.folder.write(Array("{}".utf8), to: "3.root.json")
        #expect(await refusalCode { try await Self.run(scene) } == "content-trust.root-version")
    }

    @Test("Bad metadata refuse the channel")
    func metadata() async throws {
        let scene = try TrustedFolder()
        try await scene.writeAll()
        let stranger = try TrustedFolder()
        try await stranger.writeAll()
        #expect(await refusalCode { try await Self.run(scene, root: stranger) } == "content-trust.signatures")
        try await scene.writeMetadata(expiration: TrustedFolder.now)
        #expect(await refusalCode { try await Self.run(scene) } == "content-trust.expired")
        try await scene.writeMetadata(signedBy: stranger.rootKey)
        #expect(await refusalCode { try await Self.run(scene) } == "content-trust.signatures")
        let empty = try TemporaryFolder()
        let check = ContentTrustCheck(ContentTrustSource(directory: empty.path), now: TrustedFolder.now)
        #expect(await refusalCode { try await check.firstRoot() } == "content-trust.metadata-missing")
    }

    @Test("Each client's verdict is told, record by record")
    func clients() async throws {
        var scene = try TrustedFolder()
        scene.records[0].record["license"] = "GPL"
        try await scene.writeMetadata()
        try scene.folder.write(scene.index(), to: "linux-64/repodata.json")
        let conda = try await Self.run(scene, as: .conda)
        #expect(conda.goodCount == 1 && conda.worst == .invalid)
        #expect(conda.subdirs.first?.findings.map(\.code) == ["untrusted"])
        let mamba = try await Self.run(scene, as: .mamba)
        // There is no pkg_mgr.json.
        #expect(mamba.goodCount == 0 && mamba.worst == .missing)
        #expect(mamba.subdirs.first?.counts == ["stops": 2])
    }

    private static let subdirs = [try? Subdir("linux-64")].compactMap { $0 }

    @discardableResult
    private static func run(
        _ scene: TrustedFolder,
        root: TrustedFolder? = nil,
        as client: ContentTrustClient? = nil,
        keeping limit: Int = .max
    ) async throws -> ContentTrustReport {
        let source = ContentTrustSource(directory: scene.folder.path)
        let check = ContentTrustCheck(source, now: TrustedFolder.now, keeping: limit)
        let bytes = try (root ?? scene).folder.read("1.root.json")
        guard let client else { return try await check.run(root: bytes, subdirs: subdirs) }
        return try await check.run(as: client, root: bytes, subdirs: subdirs)
    }
}
