// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TestSupport
import Testing
import TrustCore

@testable import TUF

@Suite("Many targets looked up at once")
struct TargetBatchTests {
    /// A repository, and the paths to look up in it.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let paths: [TargetPath]
        var limits = TUFLimits()
        let arrange: @Sendable (inout SimulatedRepository) throws -> Void
        /// What becomes of the files after they were signed.
        var spoil: @Sendable (inout SimulatedRepository) throws -> Void = { _ in }
        var testDescription: String { name }
    }

    static let numbered: [TargetPath] = (0..<60).compactMap { TargetPath("linux-64/package-\($0).conda") }

    static let cases: [Case] = [
        Case(name: "flat", paths: ["a", "b", "missing", "a"]) {
            try $0.add("a")
            try $0.add("b")
        },
        Case(name: "nested", paths: ["a/x", "a/b/x", "c", "a/none", "none"]) {
            try $0.delegate(["a/*", "a/b/*"], to: "A")
            try $0.delegate(["a/b/*"], to: "B", from: "A")
            try $0.delegate(["*"], to: "C")
            try $0.add("a/x", to: "A")
            try $0.add("a/b/x", to: "B")
            try $0.add("c", to: "C")
        },
        Case(name: "order and terminating", paths: ["x", "y", "z"]) {
            try $0.delegate(["x"], to: "first", terminating: true)
            try $0.delegate(["*"], to: "second")
            try $0.delegate(["*"], to: "third")
            for (path, role) in [("x", "second"), ("y", "second"), ("y", "third"), ("z", "third")] {
                try $0.add(path, "by \(role)", to: role)
            }
        },
        Case(name: "hash bins", paths: numbered + ["missing"]) {
            try $0.delegateToBins("bin", bitLength: 5, holding: numbered)
        },
        Case(name: "path_hash_prefixes", paths: numbered) {
            for digit in 0..<16 where digit != 7 {
                try $0.delegate(hashPrefixes: [String(digit, radix: 16)], to: "role-\(digit)")
            }
            for path in numbered {
                let digit = path.hash.bytes[0] >> 4
                if digit != 7 { try $0.add(path.text, to: "role-\(digit)") }
            }
        },
        Case(
            name: "missing roles",
            paths: ["a/x", "b/x", "c/x"],
            arrange: {
                for name in ["a", "b", "c"] {
                    try $0.delegate(["\(name)/*"], to: name)
                    try $0.add("\(name)/x", to: name)
                }
            },
            spoil: { $0.files["1.b.json"] = nil }
        ),
        Case(
            name: "bad roles",
            paths: ["a/x", "b/x", "c/x", "d/x", "e/x", "b/y"],
            arrange: {
                for name in ["a", "b", "c", "d", "e"] {
                    try $0.delegate(["\(name)/*"], to: name)
                    try $0.add("\(name)/x", to: name)
                }
                try $0.edit("c") {
                    $0.header = SimulatedRepository.header(1, expires: SimulatedRepository.now)
                }
            },
            spoil: {
                $0.files["1.b.json"] = try $0.sign(#require($0.delegates["b"]).encoded(), by: [.fresh])
                $0.files["1.d.json"] = Array("{".utf8)
            }
        ),
        Case(name: "a role that is not in the snapshot", paths: ["a", "b"]) {
            try $0.delegate(["a"], to: "A")
            try $0.delegate(["b"], to: "B")
            try $0.add("b", to: "B")
            $0.delegates["A"] = nil
        },
        Case(name: "two delegators, two sets of keys", paths: ["a", "b", "a", "b"]) {
            try $0.delegate(["a*"], to: "A")
            try $0.delegate(["b*"], to: "B")
            let real = PrivateKey.fresh
            $0.keys["C"] = [.fresh]
            try $0.delegate(["b*"], to: "C", from: "B")
            $0.keys["C"] = [real]
            try $0.delegate(["a*"], to: "C", from: "A")
            try $0.add("a", to: "C")
            try $0.add("b", to: "C")
        },
        Case(name: "too many delegations", paths: ["a", "b"], limits: twoRoles) {
            for number in 0..<4 { try $0.delegate(["a"], to: "role-\(number)") }
            try $0.delegate(["b"], to: "B")
            try $0.add("b", to: "B")
        },
    ]

    private static var twoRoles: TUFLimits {
        var limits = TUFLimits()
        limits.visitedRoles = 2
        return limits
    }

    private static func client(
        _ scene: Scene,
        _ store: any MetadataStore,
        _ fetcher: (any Fetcher)? = nil
    ) -> Updater {
        scene.server.files = scene.repository.files
        return Updater(
            trustedRoot: scene.pinnedRoot,
            metadataURL: MemoryServer.url,
            store: store,
            fetcher: fetcher ?? scene.server,
            now: scene.now,
            limits: scene.limits
        )
    }

    /// A result as text, so that two can be compared.
    private static func text(_ result: Result<TargetDescription?, any Error>) -> String {
        switch result {
        case .success(let target?): "\(target.chain.map(\.text)) \(target.file)"
        case .success(nil): "absent"
        case .failure(let refusal as Refusal): "\(refusal)"
        case .failure(let error): "\(error)"
        }
    }

    @Test("Each path has the result of a search of its own, and each role is fetched once", arguments: cases)
    func equality(_ test: Case) async throws {
        var scene = try Scene(test.arrange)
        try test.spoil(&scene.repository)
        scene.limits = test.limits
        let single = Self.client(scene, InMemoryMetadataStore())
        var expected: [String] = []
        for path in test.paths {
            do { expected.append(Self.text(.success(try await single.target(path)))) } catch {
                expected.append(Self.text(.failure(error)))
            }
        }
        _ = scene.server.takeRequests()
        let found = try await Self.client(scene, InMemoryMetadataStore()).targets(test.paths).map(Self.text)
        #expect(found == expected)
        let requests = scene.server.takeRequests()
        // What one delegator's keys did not sign is not stored for the other, or is fetched again in the hope
        // of better.
        let again = test.name.hasPrefix("two delegators") ? 1 : 0
        #expect(requests.count - Set(requests).count <= again, "\(requests)")
    }

    @Test("Roles are loaded at the same time, up to the limit and never more", arguments: [2, 5, 16])
    func concurrency(_ limit: Int) async throws {
        var scene = try Scene { try $0.delegateToBins("bin", bitLength: 5, holding: Self.numbered) }
        scene.limits.simultaneousRequests = limit
        let delegations = try #require(scene.repository.targets.delegations)
        let bins = Set(Self.numbered.compactMap { delegations.roles(for: $0).first?.name })
        #expect(bins.count > 16)
        let server = BarrierServer(scene.server, files: Set(bins.map { "1.\($0).json" }), width: limit)
        let client = Self.client(scene, scene.store, server)
        let found = try await client.targets(Self.numbered)
        #expect(try found.allSatisfy { try $0.get() != nil })
        #expect(server.most == limit)
        #expect(scene.server.takeRequests().count == 4 + bins.count)
    }

    @Test("Single look-ups keep to one request at a time")
    func sequential() async throws {
        let scene = try Scene { try $0.delegateToBins("bin", bitLength: 3, holding: Self.numbered) }
        let server = BarrierServer(scene.server, files: Set(scene.repository.files.keys), width: 1)
        let client = Self.client(scene, scene.store, server)
        for path in Self.numbered.prefix(20) { #expect(try await client.target(path) != nil) }
        #expect(server.most == 1)
    }

    @Test("What one batch loaded, the next and another client's find in the store")
    func stored() async throws {
        let scene = try Scene { try $0.delegateToBins("bin", bitLength: 3, holding: Self.numbered) }
        let client = scene.client()
        _ = try await client.targets(Self.numbered)
        _ = scene.server.takeRequests()
        _ = try await client.targets(Self.numbered)
        #expect(scene.server.takeRequests().isEmpty)
        let found = try await scene.client().targets(Self.numbered)
        #expect(try found.allSatisfy { try $0.get() != nil })
        #expect(scene.server.takeRequests() == ["2.root.json", "timestamp.json"])
    }

    @Test("An update that is refused is refused as a whole; no paths need no roles")
    func ends() async throws {
        var scene = try Scene()
        #expect(try await scene.client().targets([]).isEmpty)
        scene.repository.files["timestamp.json"] = nil
        #expect(await refusalCode { try await scene.client().targets(["a"]) } == "tuf.metadata-missing")
    }
}
