// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TestSupport
import Testing
import TrustCore

@testable import Gatekeeper

@Suite("Signed upstream whose records must be signed")
struct SignedRecordsTests {
    /// A channel by TUF and content trust with two packages, of which one is spoiled.
    private static func scene(_ edit: @escaping (inout ContentTrustFixture.Listing) throws -> Void)
        async throws
        -> (SignedScene, FixturePackage)
    {
        var both = try await BothScene()
        let other = try FixturePackage.archive("other-1-0.conda")
        both.tuf.packages.append(other)
        both.records.packages.append(other)
        try await both.publish { listings in
            for at in listings.indices where listings[at].fileName == other.fileName.text {
                try edit(&listings[at])
            }
        }
        return (try SignedScene(both.tuf, of: both.user), other)
    }

    private static func names(_ view: UpstreamView) async throws -> [String] {
        let text = try await SignedScene.text(view)
        return try RepodataIndex(text, subdir: SignedScene.linux).fileNames
    }

    @Test("An index whose records are all signed is passed on as it is")
    func allSigned() async throws {
        let (scene, other) = try await Self.scene { _ in }
        let upstream = try scene.upstream()
        let view = try await upstream.view()
        let signed = try #require(scene.fixture.replacedIndexes["linux-64/repodata.json"])
        #expect(try await SignedScene.text(view) == signed)
        for file in [scene.sample, other] {
            let admission = try await upstream.admit(file.fileName, in: SignedScene.linux, of: view)
            #expect(admission.package?.sha256 == file.sha256)
        }
    }

    @Test("A record that nobody signed is not passed on, and its file is refused with its code")
    func unsigned() async throws {
        let (scene, other) = try await Self.scene { $0.signatures = nil }
        try await Self.expect("content-trust.record-unsigned", scene, other)
    }

    @Test("Nor is one that was altered after it was signed")
    func altered() async throws {
        let (scene, other) = try await Self.scene { $0.record["depends"] = .array([.string("evil")]) }
        try await Self.expect("content-trust.record-signature", scene, other)
    }

    private static func expect(_ code: String, _ scene: SignedScene, _ other: FixturePackage) async throws {
        let upstream = try scene.upstream()
        let view = try await upstream.view()
        #expect(try await names(view) == [scene.sample.fileName.text])
        let text = try await SignedScene.text(view)
        #expect(try SignatureTable(RepodataIndex(text))?.fileNames == [scene.sample.fileName.text])
        #expect(
            await refusalCode { try await upstream.admit(other.fileName, in: SignedScene.linux, of: view) }
                == code
        )
        let admission = try await upstream.admit(scene.sample.fileName, in: SignedScene.linux, of: view)
        #expect(admission.package?.sha256 == scene.sample.sha256)
        // After a restart without network, too.
        scene.mirrors.script(SignedScene.first) { _ in .away }
        let restarted = try await scene.upstream().view()
        #expect(restarted.isStale)
        #expect(try await SignedScene.text(restarted) == text)
    }

    @Test("A view is good no longer than those who sign records")
    func expiry() async throws {
        var both = try await BothScene()
        both.records.days.manager = 0
        try await both.publish()
        let scene = try SignedScene(both.tuf, of: both.user)
        let upstream = try scene.upstream()
        #expect(await refusalCode { try await upstream.view() } == "content-trust.expired")
    }
}
