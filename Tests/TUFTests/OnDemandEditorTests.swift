// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import Synchronization
import TestSupport
import Testing
import TrustCore

@testable import TUF

@Suite("Editing a repository of many hash bins")
struct OnDemandEditorTests {
    /// The files of a repository, and the names of those that were read.
    final class Files: Sendable {
        private let state = Mutex<(files: [String: [UInt8]], read: [String])>(([:], []))

        var all: [String: [UInt8]] { state.withLock { $0.files } }

        func write(_ files: [RepositoryFile]) {
            state.withLock { state in for file in files { state.files[file.name] = file.bytes } }
        }

        func alter(_ name: String) throws {
            try state.withLock { try UpdateAttackTests.alter(&$0.files[name]) }
        }

        func read(_ name: String) -> [UInt8]? {
            state.withLock { state in
                if state.files[name] != nil { state.read.append(name) }
                return state.files[name]
            }
        }

        func takeRead() -> [String] {
            state.withLock { state in
                defer { state.read = [] }
                return state.read
            }
        }
    }

    static let path: TargetPath = "linux-64/numpy-2.0-0.conda"
    let key = PrivateKey.fresh
    let files = Files()

    /// A repository of 256 bins, of which every one has something.
    init() async throws {
        let setup = RoleSetup([key.publicKey])
        var editor = try RepositoryEditor(root: setup, timestamp: setup, snapshot: setup, targets: setup)
        try editor.delegateToBins(prefix: "bins", bitLength: 8, keys: setup)
        for number in 0..<1200 {
            let path = try #require(TargetPath("noarch/package-\(number).conda"))
            try editor.setTarget(path, to: TargetFile(of: [UInt8(number & 255)]), in: editor.role(for: path))
        }
        files.write(try await editor.publish(signers: [key], now: SimulatedRepository.now))
    }

    func onDemand() throws -> RepositoryEditor {
        let files = files
        return try RepositoryEditor(onDemand: #require(files.all["1.root.json"])) { files.read($0) }
    }

    func client(_ store: InMemoryMetadataStore = InMemoryMetadataStore()) throws -> Updater {
        let server = MemoryServer()
        server.files = files.all
        return Updater(
            trustedRoot: try #require(files.all["1.root.json"]),
            metadataURL: MemoryServer.url,
            store: store,
            fetcher: server,
            now: SimulatedRepository.now
        )
    }

    @Test("Publishing one target reads and writes one bin, the snapshot and the timestamp")
    func oneTarget() async throws {
        let store = InMemoryMetadataStore()
        #expect(try await client(store).target(Self.path) == nil)
        var editor = try onDemand()
        let bin = try editor.role(for: Self.path)
        try editor.setTarget(Self.path, to: TargetFile(of: [1, 2]), in: bin)
        #expect(files.takeRead() == ["timestamp.json", "1.snapshot.json", "1.targets.json", "1.\(bin).json"])
        let before = try #require(editor.roles[bin]).targets.count
        let written = try await editor.publish(signers: [key], now: SimulatedRepository.now)
        #expect(written.map(\.name) == ["2.\(bin).json", "2.snapshot.json", "timestamp.json"])
        #expect(files.takeRead().isEmpty && editor.roles.keys.sorted() == [bin, .targets])
        files.write(written)
        let found = try await client(store).requiredTarget(Self.path)
        #expect(found.file == TargetFile(of: [1, 2]) && found.chain == [.targets, bin])
        #expect(before > 1, "the bin keeps what it had")
        #expect(try await client(store).targets(of: bin)?.count == before)
    }

    @Test("What is published on demand is what an editor publishes that read everything")
    func sameAsWhole() async throws {
        let files = files
        var whole = try RepositoryEditor(trustedRoot: #require(files.all["1.root.json"])) { files.read($0) }
        var editor = try onDemand()
        let bin = try editor.role(for: Self.path)
        for number in 0..<3 {
            let file = TargetFile(of: [UInt8(number)])
            try editor.setTarget(Self.path, to: file, in: bin)
            try whole.setTarget(Self.path, to: file, in: bin)
            let written = try await editor.publish(signers: [key], now: SimulatedRepository.now)
            #expect(try await whole.publish(signers: [key], now: SimulatedRepository.now) == written)
        }
    }

    @Test("A target is taken out of a bin that was not read before")
    func removal() async throws {
        let path: TargetPath = "noarch/package-7.conda"
        var editor = try onDemand()
        try editor.removeTarget(path, from: editor.role(for: path))
        files.write(try await editor.publish(signers: [key], now: SimulatedRepository.now))
        #expect(try await client().target(path) == nil)
        #expect(try await client().target("noarch/package-8.conda") != nil)
    }

    @Test("A bin that was altered is refused when it is read, and a path that no role has to begin with")
    func refused() throws {
        var editor = try onDemand()
        let bin = try editor.role(for: "noarch/package-9.conda")
        try files.alter("1.\(try #require(onDemandBin(other: bin))).json")
        let other: RoleName = try #require(onDemandBin(other: bin))
        #expect(refusalCode { try editor.read(other) } == "tuf.signatures")
        #expect(
            refusalCode { try editor.setTarget(Self.path, to: TargetFile(of: []), in: "bins-zz") }
                == "tuf.not-delegated"
        )
    }

    /// Some bin that is not this one.
    private func onDemandBin(other bin: RoleName) -> RoleName? { bin == "bins-00" ? "bins-01" : "bins-00" }

    @Test("Bins under another key are all read, signed again, and keep their targets")
    func otherKey() async throws {
        let new = PrivateKey.fresh
        var editor = try onDemand()
        try editor.delegateToBins(prefix: "bins", bitLength: 8, keys: RoleSetup([new.publicKey]))
        let written = try await editor.publish(signers: [key, new], now: SimulatedRepository.now)
        #expect(written.count == 256 + 3)
        files.write(written)
        #expect(
            try await client().requiredTarget("noarch/package-300.conda").file
                == TargetFile(of: [UInt8(300 & 255)])
        )
    }

    @Test("Bins are renewed a part a day, each once in a round, and nothing else but what names them")
    func parts() async throws {
        var renewed: [RoleName] = []
        for day in 0..<4 {
            let now = SimulatedRepository.now.advanced(bySeconds: Int64(day))
            var editor = try onDemand()
            let bins = try #require(editor.roles[.targets]?.delegations?.names)
            let due = stride(from: day, to: bins.count, by: 4).map { bins[$0] }
            for name in due { try editor.read(name) }
            editor.renew(due, by: [key])
            let written = try await editor.publish(signers: [key], now: now)
            #expect(written.map(\.role) == due + [.snapshot, .timestamp])
            files.write(written)
            renewed += due
        }
        #expect(renewed.count == 256 && Set(renewed).count == 256)
        #expect(try await client().target("noarch/package-7.conda") != nil)
        #expect(try await client().trusted().snapshot?.role.files["bins-00"]?.version == 2)
    }

    @Test("Bins that were read are renewed when they are due, and no others")
    func renewal() async throws {
        var editor = try onDemand()
        try editor.read("bins-10")
        try editor.read("bins-11")
        let now = SimulatedRepository.now.advanced(byDays: 25)
        let written = try await editor.publish(signers: [key], now: now, renewingWithin: 6 * 86_400)
        #expect(
            written.map(\.name) == ["2.bins-10.json", "2.bins-11.json", "2.snapshot.json", "timestamp.json"]
        )
    }

    @Test(
        "The snapshot promises bins by their versions, or by their bytes if it is told to",
        arguments: [true, false]
    )
    func promises(_ byBytes: Bool) async throws {
        var editor = try onDemand()
        if byBytes { editor.binPromises = .bytes }
        let bin = try editor.role(for: Self.path)
        try editor.setTarget(Self.path, to: TargetFile(of: []), in: bin)
        let written = try await editor.publish(signers: [key], now: SimulatedRepository.now)
        files.write(written)
        let trusted = try await client().trusted()
        let promised = try #require(trusted.snapshot?.role.files[bin])
        #expect(
            promised.version == 2 && (promised.hashes != nil) == byBytes
                && (promised.length != nil) == byBytes
        )
        #expect(trusted.snapshot?.role.files[.targets]?.hashes != nil)
        #expect(try await client().target(Self.path) != nil)
        #expect(editor.versionInForce(of: bin) == 2 && editor.versionInForce(of: "bins-zz") == nil)
        #expect(editor.versionInForce(of: .snapshot) == 2 && editor.versionInForce(of: .root) == 1)
    }
}
