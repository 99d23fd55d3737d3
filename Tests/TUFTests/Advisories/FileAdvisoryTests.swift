// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import SigningKeys
import TestSupport
import Testing
import TrustCore

@testable import TUF

/// Names that became paths elsewhere, and files that others could read: docs/advisories.md, 23 to 28.
@Suite("Advisories about files and names")
struct FileAdvisoryTests {
    private static let hostileNames = [
        "../../x", "/etc/x", "..", ".", "a/../../b", "..\\x", "C:\\x", "x\u{0}y", "%2e%2e%2fx",
    ]

    /// All files below a folder.
    private static func files(_ path: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: path).sorted()
    }

    @Test(
        "CVE-2021-41131: a role named like a path becomes one file in the store, and one segment of the URL",
        arguments: hostileNames
    )
    func roleNames(_ name: String) async throws {
        let folder = try TemporaryFolder()
        let scene = try Scene {
            try $0.delegate(["*"], to: name)
            try $0.add("file", to: name)
        }
        scene.server.files = scene.repository.files
        let client = Updater(
            trustedRoot: scene.pinnedRoot,
            metadataURL: MemoryServer.url,
            store: try DirectoryMetadataStore(folder.path + "/a/b/store"),
            fetcher: scene.server,
            now: scene.now
        )
        #expect(try await client.target("file") != nil)
        let encoded = try #require(RoleName(name)).encoded
        #expect(!encoded.utf8.contains(UInt8(ascii: "/")) && !encoded.utf8.contains(UInt8(ascii: "\\")))
        #expect(scene.server.takeRequests().last == "1.\(encoded).json")
        let written = try Self.files(folder.path).filter { $0.hasSuffix(".json") }
        #expect(written.contains("a/b/store/\(encoded).json"))
        #expect(written.allSatisfy { $0.hasPrefix("a/b/store/") })
    }

    @Test(
        "CVE-2021-41149 and CVE-2021-41150: metadata with a target path that leaves its folder is refused whole",
        arguments: [
            "../x", "a/../../x", "/etc/passwd", "//x", "a//x", ".", "./x", "a/.", "a\\..\\x", "C:\\x",
            "x\u{0}y", "", "a/",
        ]
    )
    func targetPaths(_ path: String) async throws {
        var scene = try Scene()
        try scene.repository.forge(.targets) {
            try $0.edit("targets") { $0[path] = TargetFile(of: [1]).encoded() }
        }
        #expect(await refusalCode { try await scene.refresh() } == "tuf.target-path")
        #expect(try scene.storedVersion(.targets) == nil)
    }

    @Test("CVE-2026-6968: a symbolic link in place of stored metadata is neither read nor written through")
    func linkedMetadata() async throws {
        let folder = try TemporaryFolder()
        let scene = try Scene()
        scene.server.files = scene.repository.files
        for name in ["timestamp.json", "snapshot.json", "targets.json", "root.json"] {
            let outside = try folder.write([7], to: "outside/\(name)")
            let store = folder.path + "/store-\(name)"
            try FileManager.default.createDirectory(atPath: store, withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(
                atPath: "\(store)/\(name)",
                withDestinationPath: outside
            )
            let client = Updater(
                trustedRoot: scene.pinnedRoot,
                metadataURL: MemoryServer.url,
                store: try DirectoryMetadataStore(store),
                fetcher: scene.server,
                now: scene.now
            )
            // Whether the update goes on is another matter; a link that stops it is a failure of ours.
            do { try await client.refresh() } catch { #expect(error is Failure) }
            #expect(try folder.read("outside/\(name)") == [7])
        }
    }

    @Test(
        "CVE-2026-6968: a symbolic link in place of the folder of roots is a failure, and nothing is written there"
    )
    func linkedFolder() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: folder.path + "/outside",
            withIntermediateDirectories: true
        )
        try FileManager.default.createDirectory(
            atPath: folder.path + "/store",
            withIntermediateDirectories: true
        )
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/store/root_history",
            withDestinationPath: folder.path + "/outside"
        )
        #expect(throws: Failure.self) {
            try DirectoryMetadataStore(folder.path + "/store").write([1], as: .root(version: 1))
        }
        #expect(try Self.files(folder.path + "/outside").isEmpty)
    }

    @Test("CVE-2026-6968: the repository side makes no role with such a name, and writes plain file names")
    func repositoryFiles() async throws {
        let keys = try EditorTests.Keys()
        var editor = try keys.editor()
        for name in Self.hostileNames {
            let setup = RoleSetup([keys.online.publicKey])
            let role = try #require(RoleName(name))
            #expect(
                refusalCode { try editor.delegate(.paths("*"), to: role, keys: setup) } == "tuf.role-name"
            )
        }
        let files = try await editor.publish(signers: keys.all, now: SimulatedRepository.now)
        #expect(
            files.map(\.name)
                == ["1.root.json", "1.targets.json", "1.snapshot.json", "timestamp.json"]
        )
        for file in files {
            #expect(file.name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x2F && $0 != 0x5C })
        }
    }

    @Test(
        "CVE-2026-24137: what a target is fetched from stays below the base URL, and escapes are not unescaped",
        arguments: [
            ("a", "a"), ("%2e%2e/x", "%252e%252e/x"), ("a b?c#d", "a%20b%3Fc%23d"), ("...", "..."),
            ("https:x", "https%3Ax"), ("ö", "%C3%B6"),
        ]
    )
    func targetURLs(_ path: String, _ name: String) throws {
        let target = TargetDescription(
            path: try #require(TargetPath(path)),
            file: TargetFile(of: []),
            chain: [.targets]
        )
        #expect(target.fileName(isPrefixed: false) == name)
    }

    @Test("TUF-CR-22-01: private keys and the store are for their owner only")
    func modes() throws {
        let folder = try TemporaryFolder()
        func mode(_ name: String) throws -> Int? {
            try FileManager.default.attributesOfItem(atPath: "\(folder.path)/\(name)")[.posixPermissions]
                as? Int
        }
        try KeyFile.write(.fresh, to: folder.path + "/a.key", protection: .unsafelyUnencrypted)
        #expect(try mode("a.key") == 0o600)
        _ = try DirectoryMetadataStore(folder.path + "/trust/store")
        for name in ["trust/store", "trust/store/root_history"] { #expect(try mode(name) == 0o700) }
    }
}
