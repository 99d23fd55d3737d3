// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import TestSupport
import Testing
import TrustCore

@testable import TUF

@Suite("The public Sigstore repository", .enabled(if: SharedData.isPresent, "\(SharedData.absence)"))
struct SigstoreChainTests {
    private static let folder = SharedData.root + "/sigstore/trust/production-root-signing"
    private static let now: Timestamp = "2026-08-22T12:00:00Z"

    private func read(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: Self.folder + "/" + name)))
    }

    private func root(_ version: Int) throws -> [UInt8] {
        try read("metadata/root_history/\(version).root.json")
    }

    /// The repository as its server has it.
    private func files() throws -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for version in 1...15 { files["\(version).root.json"] = try root(version) }
        files["timestamp.json"] = try read("metadata/timestamp.json")
        for name in ["snapshot", "targets", "registry.npmjs.org"] {
            let bytes = try read("metadata/\(name).json")
            let envelope = try MetadataEnvelope(parsing: bytes, of: name)
            files["\(try JSONFields(envelope.signed, of: name).integer("version")).\(name).json"] = bytes
        }
        return files
    }

    private func client(from version: Int, now: Timestamp = Self.now) throws -> (
        Updater, InMemoryMetadataStore
    ) {
        let server = MemoryServer()
        server.files = try files()
        let store = InMemoryMetadataStore()
        return (
            Updater(
                trustedRoot: try root(version),
                metadataURL: MemoryServer.url,
                store: store,
                fetcher: server,
                now: now
            ),
            store
        )
    }

    /// python-tuf follows it from version 5 on, since it does not read the points in hexadecimal digits of
    /// version 4.
    @Test("The chain of roots verifies from each root on that has dates as specified", arguments: 4...15)
    func chain(_ version: Int) async throws {
        let (client, store) = try client(from: version)
        try await client.refresh()
        #expect(store.read(.root(version: 15)) != nil)
        let trusted = try await client.trusted()
        #expect(trusted.root.role.version == 15)
        #expect(trusted.timestamp?.role.version == 762)
        #expect(trusted.snapshot?.role.version == 165)
    }

    @Test(
        "The first three roots have fractions and offsets in their dates, and are refused",
        arguments: 1...3
    )
    func olderDates(_ version: Int) throws {
        #expect(refusalCode { try client(from: version) } == nil)
        let bytes = try root(version)
        #expect(
            refusalCode { try UpdateWorkflow(trustedRoot: bytes, now: Self.now) } == "tuf.expires-format"
        )
    }

    @Test("The trusted root of Sigstore is the file that the chain vouches for")
    func target() async throws {
        let (client, _) = try client(from: 5)
        let target = try await client.requiredTarget("trusted_root.json")
        try target.verify(try read("targets/trusted_root.json"))
        #expect(target.role == .targets)
        var altered = try read("targets/trusted_root.json")
        altered[100] ^= 1
        let spoiled = altered
        #expect(refusalCode { try target.verify(spoiled) } == "tuf.target-hash")
    }

    @Test("The delegated role of npm verifies")
    func delegation() async throws {
        let (client, _) = try client(from: 5)
        let listed = try await client.targets(of: "registry.npmjs.org")
        #expect(listed?.contains { $0.path.text == "registry.npmjs.org/keys.json" } == true)
    }

    @Test("After its expiry the same data is refused")
    func expired() async throws {
        let (client, _) = try client(from: 5, now: "2026-11-21T00:00:00Z")
        #expect(await refusalCode { try await client.refresh() } == "tuf.expired")
    }
}
