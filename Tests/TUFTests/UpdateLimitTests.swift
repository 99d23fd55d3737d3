// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Synchronization
import TestSupport
import Testing
import Transport
import TrustCore

@testable import TUF

@Suite("The limits of an update")
struct UpdateLimitTests {
    // MARK: Bytes

    /// The bytes that a first update of the scene, with a search for one file, takes.
    private static func cost(of scene: Scene) -> Int {
        ["timestamp.json", "1.snapshot.json", "1.targets.json", "1.role.json"]
            .compactMap { scene.repository.files[$0]?.count }.reduce(0, +)
    }

    private static func scene() throws -> Scene {
        try Scene {
            try $0.delegate(["*"], to: "role")
            try $0.add("file", to: "role")
        }
    }

    @Test("The budget is of all metadata together, that of look-ups included", arguments: [0, 1])
    func budget(missing: Int) async throws {
        var scene = try Self.scene()
        scene.limits.updateBytes = Self.cost(of: scene) - missing
        let client = scene.client()
        try await client.refresh()
        let code = await refusalCode { try await client.target("file") }
        #expect(code == (missing == 0 ? nil : "tuf.update-too-large"))
        #expect(try scene.storedVersion("role") == (missing == 0 ? 1 : nil))
        // What is stored costs nothing.
        if missing == 0 {
            scene.limits.updateBytes = try #require(scene.repository.files["timestamp.json"]).count
            #expect(try await scene.client().target("file") != nil)
        }
    }

    @Test("Many roots that are each small enough can be too much together")
    func manyRoots() async throws {
        var scene = try Scene()
        for _ in 0..<8 { try scene.repository.bumpRoot() }
        scene.limits.updateBytes = 4 * (try #require(scene.repository.files["2.root.json"])).count
        #expect(await refusalCode { try await scene.refresh() } == "tuf.update-too-large")
        #expect(try scene.storedVersions() == [5, 0, 0, 0])
    }

    @Test("Of many paths at once, those within the budget are found, and the others refused")
    func batchBudget() async throws {
        let paths = TargetBatchTests.numbered
        var scene = try Scene { try $0.delegateToBins("bin", bitLength: 3, holding: paths) }
        let bins = scene.repository.files.filter { $0.key.hasPrefix("1.bin-") }.map(\.value.count)
        let rest = ["timestamp.json", "1.snapshot.json", "1.targets.json"]
            .compactMap { scene.repository.files[$0]?.count }.reduce(0, +)
        scene.limits.updateBytes = rest + bins.reduce(0, +) - 1
        let found = try await scene.client().targets(paths)
        var codes: Set<String?> = []
        for result in found { codes.insert(refusalCode { try result.get() }) }
        #expect(codes == [nil, "tuf.update-too-large"])
    }

    // MARK: Time

    /// A server at which every request takes a while, and one of which is never answered.
    private struct SlowServer: Fetcher {
        let server: MemoryServer
        let clock: ManualClock
        var pause = Duration.zero
        var silent: String?

        func fetch(
            _ request: FetchRequest,
            receive: (UnsafeRawBufferPointer) throws -> Void
        ) async throws -> FetchOutcome {
            clock.advance(by: pause)
            if let silent, request.url.hasSuffix(silent) {
                clock.advance(by: .seconds(1_000_000))
                try await Task.sleep(for: .seconds(1_000_000))
            }
            return try await server.fetch(request, receive: receive)
        }
    }

    private static func client(_ scene: Scene, _ change: (inout SlowServer) -> Void) -> Updater {
        scene.server.files = scene.repository.files
        let clock = ManualClock()
        var server = SlowServer(server: scene.server, clock: clock)
        change(&server)
        var limits = scene.limits
        limits.duration = .seconds(250)
        return Updater(
            trustedRoot: scene.pinnedRoot,
            metadataURL: MemoryServer.url,
            store: scene.store,
            fetcher: server,
            now: scene.now,
            limits: limits,
            clock: clock
        )
    }

    private static func fault<Value: Sendable>(_ body: () async throws -> Value) async -> UpdateFault? {
        do {
            _ = try await body()
            return nil
        } catch {
            guard let failure = error as? Failure, failure.kind == .network else { return nil }
            return failure.cause as? UpdateFault
        }
    }

    @Test(
        "A server that stops answering is left at the deadline; what it had sent before stays",
        arguments: [
            ("2.root.json", [1, 0, 0, 0]), ("timestamp.json", [1, 0, 0, 0]),
            ("1.snapshot.json", [1, 1, 0, 0]), ("1.targets.json", [1, 1, 1, 0]),
        ] as [(String, [Int64])]
    )
    func silence(_ file: String, stored: [Int64]) async throws {
        let scene = try Scene()
        let client = Self.client(scene) { $0.silent = file }
        #expect(await Self.fault { try await client.refresh() } == .deadline)
        #expect(try scene.storedVersions() == stored)
    }

    @Test("Requests that are each quick enough can be too slow together")
    func manySlowRequests() async throws {
        let client = Self.client(try Scene()) { $0.pause = .seconds(100) }
        #expect(await Self.fault { try await client.refresh() } == .deadline)
    }

    @Test("Each look-up has a time of its own; of many at once, those that were answered are kept")
    func lookUps() async throws {
        let client = Self.client(try Self.scene()) { $0.pause = .seconds(50) }
        #expect(try await client.target("file") != nil)
        let scene = try Scene {
            for name in ["a", "b"] {
                try $0.delegate([name], to: name)
                try $0.add(name, to: name)
            }
        }
        let batch = Self.client(scene) { $0.silent = "1.b.json" }
        let found = try await batch.targets(["b"])
        #expect(await Self.fault { try found[0].get() } == .deadline)
        #expect(try await batch.targets(["a"])[0].get() != nil)
    }

    // MARK: Over a real connection

    @Test(
        "A connection on which nothing, or hardly anything, comes is cut at the deadline",
        arguments: [true, false]
    )
    func deadlineOverHTTP(isSilent: Bool) async throws {
        var scene = try Scene()
        scene.limits.duration = .milliseconds(400)
        let script: LoopbackServer.Script = { request in
            guard request.path == "/timestamp.json" else { return .normal }
            return isSilent ? .silence : .drip(bytesPerSecond: 1)
        }
        try await Self.overHTTP(scene, script: script) { client in
            #expect(await Self.fault { try await client.refresh() } == .deadline)
        }
    }

    private static func overHTTP(
        _ scene: Scene,
        _ limits: TransportLimits = TransportLimits(),
        script: @escaping LoopbackServer.Script,
        _ body: (Updater) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        for (name, bytes) in scene.repository.files { try folder.write(bytes, to: name) }
        let fetcher = HTTPFetcher(limits: limits)
        try await LoopbackServer.serving(folder.path, script: script) { server in
            try await body(
                Updater(
                    trustedRoot: scene.pinnedRoot,
                    metadataURL: server.url,
                    store: scene.store,
                    fetcher: fetcher,
                    now: scene.now,
                    limits: scene.limits
                )
            )
        }
        await fetcher.shutdown()
    }

    @Test(
        "Data without end is refused at the file's limit, whatever the file",
        arguments: ["2.root.json", "timestamp.json", "1.snapshot.json", "1.targets.json"]
    )
    func endless(_ file: String) async throws {
        let scene = try Scene()
        let script: LoopbackServer.Script = { $0.path == "/" + file ? .endless : .normal }
        try await Self.overHTTP(scene, script: script) { client in
            #expect(await refusalCode { try await client.refresh() } == "limit.too-large")
        }
        #expect(try scene.storedVersion(.targets) == nil)
    }

    @Test("Data without end is refused at the budget, where that is less than the file's limit")
    func endlessBudget() async throws {
        var scene = try Scene()
        scene.limits.updateBytes = 100_000
        try await Self.overHTTP(scene, script: { $0.path == "/1.targets.json" ? .endless : .normal }) {
            client in
            #expect(await refusalCode { try await client.refresh() } == "tuf.update-too-large")
        }
    }

    @Test(
        "A mirror that drips metadata is dropped, not waited for",
        arguments: ["timestamp.json", "1.targets.json"]
    )
    func slowRetrieval(_ file: String) async throws {
        var limits = TransportLimits()
        limits.window = .milliseconds(300)
        let script: LoopbackServer.Script = { request in
            request.path == "/" + file ? .drip(bytesPerSecond: 40) : .normal
        }
        try await Self.overHTTP(try Scene(), limits, script: script) { client in
            do {
                try await client.refresh()
                Issue.record("the drip was waited for")
            } catch let failure as Failure {
                #expect(failure.cause as? TransferFault == .slow)
            }
        }
    }
}
