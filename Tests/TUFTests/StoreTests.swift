// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import TestSupport
import Testing
import TrustCore

@testable import TUF

@Suite("Stores of trusted metadata")
struct StoreTests {
    /// One contract, every implementation.
    enum Kind: CaseIterable { case memory, directory }

    private func with(_ kind: Kind, _ body: (any MetadataStore) async throws -> Void) async throws {
        switch kind {
        case .memory: try await body(InMemoryMetadataStore())
        case .directory:
            let folder = try TemporaryFolder()
            try await body(DirectoryMetadataStore(folder.path + "/trust/channel"))
            withExtendedLifetime(folder) {}
        }
    }

    static let role: RoleName = "../x"

    @Test("What was written is read back, replaced and forgotten", arguments: Kind.allCases)
    func contract(_ kind: Kind) async throws {
        try await with(kind) { store in
            for file in [
                StoredMetadata.root(version: 1), .root(version: 2), .role(.timestamp), .role(Self.role),
            ] {
                #expect(try store.read(file) == nil)
                try store.remove(file)
                try store.write([1, 2], as: file)
                try store.write([3], as: file)
                #expect(try store.read(file) == [3])
            }
            try store.remove(.root(version: 2))
            #expect(try store.read(.root(version: 2)) == nil)
            #expect(try store.read(.root(version: 1)) == [3])
            try store.write([], as: .role(.timestamp))
            #expect(try store.read(.role(.timestamp)) == [])
        }
    }

    @Test("A lock excludes everybody else until it is released", arguments: Kind.allCases)
    func locking(_ kind: Kind) async throws {
        try await with(kind) { store in
            let counter = Counter()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        let lock = try await store.lock()
                        defer { lock.release() }
                        await counter.enter()
                        try await Task.sleep(for: .milliseconds(2))
                        await counter.leave()
                    }
                }
                try await group.waitForAll()
            }
            #expect(await counter.most == 1)
        }
    }

    actor Counter {
        private var now = 0
        private(set) var most = 0
        func enter() {
            now += 1
            most = max(most, now)
        }
        func leave() { now -= 1 }
    }

    @Test("A client works over each store", arguments: Kind.allCases)
    func client(_ kind: Kind) async throws {
        try await with(kind) { store in
            let scene = try Scene()
            scene.server.files = scene.repository.files
            for _ in 0..<2 {
                let client = Updater(
                    trustedRoot: scene.pinnedRoot,
                    metadataURL: MemoryServer.url,
                    store: store,
                    fetcher: scene.server,
                    now: scene.now
                )
                try await client.refresh()
            }
            #expect(scene.server.takeRequests().suffix(2) == ["2.root.json", "timestamp.json"])
        }
    }

    @Test("A folder holds plain names, and role names cannot leave it (CVE-2021-41131)")
    func fileNames() async throws {
        let folder = try TemporaryFolder()
        let store = try DirectoryMetadataStore(folder.path)
        try store.write([1], as: .root(version: 1))
        try store.write([2], as: .root(version: 2))
        try store.write([3], as: .role(Self.role))
        try store.write([4], as: .role(.timestamp))
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
        #expect(
            names == [
                "..%2Fx.json", "root.json", "root_history", "root_history/1.root.json",
                "root_history/2.root.json", "timestamp.json",
            ]
        )
        #expect(try folder.read("root.json") == [2])
    }

    @Test("A symbolic link in the folder is neither read nor written through")
    func symbolicLinks() async throws {
        let folder = try TemporaryFolder()
        let store = try DirectoryMetadataStore(folder.path + "/store")
        let outside = try folder.write([7], to: "outside.json")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/store/timestamp.json",
            withDestinationPath: outside
        )
        #expect(throws: Failure.self) { try store.read(.role(.timestamp)) }
        try store.write([8], as: .role(.timestamp))
        #expect(try store.read(.role(.timestamp)) == [8])
        #expect(try folder.read("outside.json") == [7])
    }

    @Test("What a killed writer left behind is cleared away by the next user")
    func abandonedFiles() async throws {
        let folder = try TemporaryFolder()
        let store = try DirectoryMetadataStore(folder.path)
        try folder.write([0], to: ".root.json.tmp-abc123")
        try folder.write([0], to: "root_history/.1.root.json.tmp-abc123")
        try await store.lock().release()
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
        #expect(names == [".lock", "root_history"])
    }

    @Test("The folder is swept once for each store, since a store takes a lock for every role")
    func sweepsOnce() async throws {
        let folder = try TemporaryFolder()
        let store = try DirectoryMetadataStore(folder.path)
        try await store.lock().release()
        try folder.write([0], to: ".bins-0.json.tmp-abc123")
        try await store.lock().release()
        #expect(try folder.read(".bins-0.json.tmp-abc123") == [0])
        try await DirectoryMetadataStore(folder.path).lock().release()
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/.bins-0.json.tmp-abc123"))
    }

    @Test(
        "A delegated role that a power loss damaged is fetched again",
        arguments: [[], [0, 0, 0], [0x7B]] as [[UInt8]]
    )
    func damaged(_ left: [UInt8]) async throws {
        let folder = try TemporaryFolder()
        let scene = try Scene {
            try $0.delegate(["*"], to: "role")
            try $0.add("file", to: "role")
        }
        scene.server.files = scene.repository.files
        for damage in [nil, left] {
            if let damage { try folder.write(damage, to: "role.json") }
            let client = Updater(
                trustedRoot: scene.pinnedRoot,
                metadataURL: MemoryServer.url,
                store: try DirectoryMetadataStore(folder.path),
                fetcher: scene.server,
                now: scene.now
            )
            #expect(try await client.target("file") != nil)
            #expect(scene.server.takeRequests().contains("1.role.json"))
            #expect(try folder.read("role.json") == scene.repository.files["1.role.json"])
        }
    }

    @Test("The folder is for its owner only")
    func mode() async throws {
        let folder = try TemporaryFolder()
        _ = try DirectoryMetadataStore(folder.path + "/a/b")
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.path + "/a/b")
        #expect(attributes[.posixPermissions] as? Int == 0o700)
    }
}
