// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import TestSupport
import Testing
import TrustCore

@testable import TUF

/// Conda, mamba and pixi side by side, some of them killed: the built `tuf-client` program over one cache.
@Suite("Twenty processes on one cache", .serialized)
struct ManyProcessTests {
    /// How many rounds there are: `KINGSNAKE_REFRESH_ROUNDS`, or 30.
    private static let rounds =
        ProcessInfo.processInfo.environment["KINGSNAKE_REFRESH_ROUNDS"].flatMap { Int($0) } ?? 30
    /// What each round starts at once: clients that are left alone, clients that are killed by SIGKILL at
    /// some moment, and clients of a mirror that lags two rounds behind.
    private static let kinds: [Kind] =
        Array(repeating: .whole, count: 8) + Array(repeating: .killed, count: 8)
        + Array(repeating: .stale, count: 4)
    private static let cache = "cache/metadata"

    private enum Kind: Sendable { case whole, killed, stale }

    /// The versions of root, timestamp, snapshot and targets.
    private typealias Versions = [Int64]

    @Test("They never corrupt it, and never go back to an older version")
    func rounds() async throws {
        var world = try World()
        let program = Program(in: world.folder.path, name: "tuf-client")
        let start = try await program.run("--metadata-dir", Self.cache, "init", world.pinnedRoot)
        try #require(start.status == 0, "\(start.transcript)")
        var before: Versions = [1, 0, 0, 0]
        var duration: UInt64 = 100_000
        var killed = 0
        for round in 1...Self.rounds {
            try world.advance(round)
            let watch = Watch(of: world.folder.path + "/" + Self.cache)
            let watching = Task { await watch.run() }
            let results = try await Self.run(program, world, longest: duration)
            watching.cancel()
            #expect(await watching.value == [], "round \(round)")
            for (kind, result) in results where !result.wasKilled {
                let allowed: Set<Int32> = kind == .stale ? [0, 1] : [0]
                #expect(allowed.contains(result.status), "round \(round): \(kind): \(result.transcript)")
            }
            killed += results.filter { $0.1.wasKilled }.count
            duration = results.map(\.1.microseconds).max() ?? duration
            let after = try await Self.versions(world)
            #expect(zip(before, after).allSatisfy { $0 <= $1 }, "round \(round): \(before), then \(after)")
            #expect(after == world.versions, "round \(round)")
            before = after
        }
        #expect(killed > Self.rounds)
        let left = try FileManager.default.subpathsOfDirectory(atPath: world.folder.path + "/" + Self.cache)
        #expect(left.filter { $0.contains(".tmp-") }.isEmpty)
    }

    private static func run(_ program: Program, _ world: World, longest: UInt64) async throws
        -> [(Kind, ProgramResult)]
    {
        try await withThrowingTaskGroup(of: (Kind, ProgramResult).self) { group in
            for kind in kinds.shuffled() {
                let url = "file://\(world.folder.path)/\(kind == .stale ? "stale" : "fresh")/"
                let kill: Kill? =
                    kind == .killed ? .after(microseconds: UInt64.random(in: 0...max(1, longest))) : nil
                group.addTask {
                    let arguments = ["--metadata-url", url, "--metadata-dir", cache, "refresh"]
                    return (kind, try await program.run(arguments, killed: kill))
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    /// What the cache has, verified from the pinned root on, without any repository.
    private static func versions(_ world: World) async throws -> Versions {
        let path = world.folder.path
        let client = Updater(
            offline: try DirectoryMetadataStore(path + "/" + cache),
            trustedRoot: try world.folder.read("root.json"),
            now: SimulatedRepository.now
        )
        let trusted = try await client.trusted()
        return [
            trusted.root.role.version, trusted.timestamp?.role.version ?? 0,
            trusted.snapshot?.role.version ?? 0,
            trusted.targets(of: trusted.topLevelTargets)?.version ?? 0,
        ]
    }

    /// A repository in a folder, which goes on, and the folder of a mirror that lags behind.
    private struct World {
        let folder: TemporaryFolder
        let pinnedRoot: String
        private var repository: SimulatedRepository
        private var published: [String: [UInt8]] = [:]
        private var previous: [String: [UInt8]] = [:]
        private static let expires: Timestamp = "2100-01-01T00:00:00Z"

        init() throws {
            folder = try TemporaryFolder()
            repository = try SimulatedRepository()
            pinnedRoot = try folder.write(#require(repository.files["1.root.json"]), to: "root.json")
            // The program goes by the real clock, at which the first root may be expired.
            try bumpRoot { _ in }
            try publish(to: "fresh")
        }

        var versions: Versions {
            [
                repository.root.version, repository.timestamp.version, repository.snapshot.version,
                repository.targets.version,
            ]
        }

        private mutating func bumpRoot(_ change: (inout SimulatedRepository) throws -> Void) throws {
            try repository.bumpRoot {
                $0.root.header = SimulatedRepository.header($0.root.version, expires: Self.expires)
                try change(&$0)
            }
        }

        /// New versions of everything; of the root, and of the online keys, now and then.
        mutating func advance(_ round: Int) throws {
            try write(previous.isEmpty ? published : previous, to: "stale")
            previous = published
            if round % 3 == 0 {
                try bumpRoot {
                    try $0.rotate(.timestamp)
                    if round % 2 == 0 { try $0.rotate(.snapshot) }
                    if round % 4 == 0 { try $0.rotate(.root) }
                }
            }
            repository.promisesBytes = round % 2 == 0
            try repository.add("file-\(round)")
            try publish(to: "fresh")
        }

        private mutating func publish(to name: String) throws {
            func next(_ version: Int64) -> MetadataHeader {
                SimulatedRepository.header(version + 1, expires: Self.expires)
            }
            repository.targets.header = next(repository.targets.version)
            repository.snapshot.header = next(repository.snapshot.version)
            repository.timestamp.header = next(repository.timestamp.version)
            try repository.publish()
            try write(repository.files.filter { published[$0.key] != $0.value }, to: name)
            published = repository.files
        }

        /// The timestamp last, and whole or not at all.
        private func write(_ files: [String: [UInt8]], to name: String) throws {
            for (file, bytes) in files where file != "timestamp.json" {
                try folder.write(bytes, to: "\(name)/\(file)")
            }
            let url = URL(fileURLWithPath: "\(folder.path)/\(name)/timestamp.json")
            if let bytes = files["timestamp.json"] { try Data(bytes).write(to: url, options: .atomic) }
        }
    }

    /// Looks at the cache's files while they are changed: each must be whole, and no version lower than
    /// before.
    private struct Watch {
        let folder: String

        init(of folder: String) { self.folder = folder }

        /// Watches until it is cancelled; answers what was wrong.
        func run() async -> [String] {
            var highest: [String: Int64] = [:]
            var wrong: [String] = []
            while !Task.isCancelled {
                for name in ["timestamp", "snapshot", "targets"] {
                    guard let data = FileManager.default.contents(atPath: "\(folder)/\(name).json") else {
                        continue
                    }
                    guard let envelope = try? MetadataEnvelope(parsing: Array(data), of: name),
                        let version = envelope.signed["version"]?.integer
                    else {
                        wrong.append("\(name) is not whole")
                        continue
                    }
                    if version < highest[name] ?? 0 { wrong.append("\(name) went back to \(version)") }
                    highest[name] = version
                }
                try? await Task.sleep(for: .milliseconds(1))
            }
            return wrong
        }
    }
}
