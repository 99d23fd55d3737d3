// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TestSupport
import Testing
import Transport
import TrustCore
import TrustPolicy

@testable import Gatekeeper

@Suite("Signed upstream, packages")
struct SignedUpstreamAdmissionTests {
    private static func name(_ text: String) throws -> ArchiveFileName { try ArchiveFileName(text) }

    private static func isPackage(_ path: String) -> Bool { path.hasSuffix(".conda") }

    @Test("A package of the view is admitted, and fetched once, however many want it")
    func admitted() async throws {
        let scene = try await SignedScene()
        let upstream = try scene.upstream()
        let view = try await upstream.view()
        try await withThrowingTaskGroup(of: Digest?.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    try await upstream.admit(scene.sample.fileName, in: SignedScene.linux, of: view).package?
                        .sha256
                }
            }
            for try await digest in group { #expect(digest == scene.sample.sha256) }
        }
        #expect(scene.mirrors.takeRequests().count(where: Self.isPackage) == 1)
    }

    @Test("A package whose file was touched since is verified again, and fetched again if it is another")
    func touched() async throws {
        let scene = try await SignedScene()
        let upstream = try scene.upstream()
        let view = try await upstream.view()
        func admit() async throws -> AdmittedPackage {
            try #require(
                try await upstream.admit(scene.sample.fileName, in: SignedScene.linux, of: view).package
            )
        }
        let path = try await admit().archivePath
        _ = scene.mirrors.takeRequests()
        _ = try await admit()
        #expect(scene.mirrors.takeRequests().isEmpty)
        try TemporaryFolder.write(scene.sample.bytes.reversed(), to: path)
        let again = try await admit()
        #expect(scene.mirrors.takeRequests().count(where: Self.isPackage) == 1)
        #expect(Array(try Data(contentsOf: URL(fileURLWithPath: again.archivePath))) == scene.sample.bytes)
    }

    @Test("A package that a mirror spoils comes from the next one; from none, it is refused, and heals")
    func spoiled() async throws {
        let scene = try await SignedScene()
        scene.mirrors.script(SignedScene.first) { Self.isPackage($0) ? .altered : nil }
        let alone = try scene.upstream()
        let view = try await alone.view()
        let code = await refusalCode {
            try await alone.admit(scene.sample.fileName, in: SignedScene.linux, of: view)
        }
        #expect(code == "digest.mismatch")
        try scene.checkCache()
        scene.mirrors.serve(scene.fixture.directory, at: SignedScene.second)
        let beside = try scene.upstream([SignedScene.first, SignedScene.second])
        let admission = try await beside.admit(
            scene.sample.fileName,
            in: SignedScene.linux,
            of: beside.view()
        )
        #expect(admission.package?.sha256 == scene.sample.sha256)
        try scene.user.home.remove("cache/sha256")
        scene.mirrors.script(SignedScene.first, nil)
        scene.clock.advance(seconds: 30)
        let healed = try await alone.admit(scene.sample.fileName, in: SignedScene.linux, of: alone.view())
        #expect(healed.package?.sha256 == scene.sample.sha256)
    }

    @Test("A package that breaks the rules for archives is refused though its owner signed it, and not kept")
    func badArchive() async throws {
        let package = try FixturePackage("zlib-1.3.1-h0_0.conda", holding: "no archive at all")
        let scene = try await SignedScene(packages: [package])
        let upstream = try scene.upstream()
        let code = await refusalCode {
            try await upstream.admit(package.fileName, in: SignedScene.linux, of: upstream.view())
        }
        #expect(code == "archive.zip-structure")
        let cache = try BlobCache(at: scene.user.home.path + "/cache")
        #expect(try cache.path(of: package.sha256) == nil)
    }

    @Test("Other bytes under the same name than a client was shown are refused as such")
    func moved() async throws {
        var scene = try await SignedScene()
        let upstream = try scene.upstream()
        let old = try await upstream.view()
        _ = try await SignedScene.text(old)
        scene.fixture.packages[0] = try .sample("another")
        try await scene.fixture.publish()
        // Within the interval the old view still counts, and its bytes are gone.
        scene.clock.advance(seconds: 30)
        let code = await refusalCode {
            try await upstream.admit(scene.sample.fileName, in: SignedScene.linux, of: old)
        }
        #expect(code == "gate.index-moved")
        let admission = try await upstream.admit(
            scene.sample.fileName,
            in: SignedScene.linux,
            of: upstream.view()
        )
        #expect(admission.package?.sha256 == scene.fixture.packages[0].sha256)
    }

    @Test("What a newer view lists is had by one refresh, if the view at hand is behind")
    func ahead() async throws {
        var scene = try await SignedScene()
        let behind = try scene.upstream()
        let first = try await behind.view()
        _ = try await SignedScene.text(first)
        #expect(
            try await behind.admit(scene.sample.fileName, in: SignedScene.linux, of: first).package != nil
        )
        scene.fixture.packages[0] = try .sample("another")
        try await scene.fixture.publish()
        scene.clock.advance(seconds: 10)
        let newer = try await scene.upstream().view()
        let admission = try await behind.admit(scene.sample.fileName, in: SignedScene.linux, of: newer)
        #expect(admission.package?.sha256 == scene.fixture.packages[0].sha256)
    }

    @Test("What the newest view lists no more is refused by the policy, whatever an older view lists")
    func withdrawn() async throws {
        var scene = try await SignedScene()
        let upstream = try scene.upstream()
        let old = try await upstream.view()
        _ = try await SignedScene.text(old)
        scene.fixture.packages = []
        try await scene.fixture.publish()
        scene.clock.advance(seconds: 30)
        let admission = try await upstream.admit(scene.sample.fileName, in: SignedScene.linux, of: old)
        #expect(admission.package == nil)
        #expect(admission.verdict.objections.map(\.code) == [PolicyCode.unlisted])
    }

    @Test("Of a subdir that the channel does not have nothing is admitted")
    func noSubdir() async throws {
        let scene = try await SignedScene()
        let upstream = try scene.upstream()
        let view = try await upstream.view()
        let code = await refusalCode {
            try await upstream.admit(scene.sample.fileName, in: Subdir("win-64"), of: view)
        }
        #expect(code == "gate.index-missing")
    }

    @Test("The file of attestations that the index promises is had by its digest, and of no other bytes")
    func sidecar() async throws {
        var attested = try await AttestedScene()
        let bytes = Array("[]".utf8)
        try await attested.promise(bytes)
        let path = try attested.sidecarPath
        let scene = try SignedScene(attested.fixture, of: attested.user)
        let upstream = try scene.upstream()
        let view = try await upstream.view()
        let file = scene.sample.fileName
        scene.mirrors.script(SignedScene.first) { $0 == path ? .replaced([1, 2, 3]) : nil }
        let altered = await refusalCode {
            try await upstream.sidecar(of: file, in: SignedScene.linux, of: view)
        }
        #expect(altered == "attestation.sidecar-digest")
        scene.clock.advance(seconds: 30)
        _ = try await upstream.view()
        scene.mirrors.script(SignedScene.first) { $0 == path ? .missing : nil }
        let missing = await refusalCode {
            try await upstream.sidecar(of: file, in: SignedScene.linux, of: view)
        }
        #expect(missing == "gate.sidecar-missing")
        scene.mirrors.script(SignedScene.first, nil)
        #expect(try await upstream.sidecar(of: file, in: SignedScene.linux, of: view) == bytes)
        // From the cache.
        scene.mirrors.script(SignedScene.first) { _ in .away }
        #expect(try await upstream.sidecar(of: file, in: SignedScene.linux, of: view) == bytes)
    }

    @Test("Where the index promises no attestations, nobody is asked for them")
    func noSidecar() async throws {
        let scene = try await SignedScene()
        let upstream = try scene.upstream()
        let view = try await upstream.view()
        _ = try await SignedScene.text(view)
        _ = scene.mirrors.takeRequests()
        #expect(try await upstream.sidecar(of: scene.sample.fileName, in: SignedScene.linux, of: view) == nil)
        #expect(
            try await upstream.sidecar(of: Self.name("none-1-0.conda"), in: SignedScene.linux, of: view)
                == nil
        )
        #expect(scene.mirrors.takeRequests().isEmpty)
    }
}
