// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@testable import TUF

@Suite("Several repositories that must agree")
struct ConsensusTests {
    private static func same(_ names: String) throws -> ConsensusScene {
        try ConsensusScene(
            Dictionary(uniqueKeysWithValues: names.map { ("\($0)", ["file": "content"]) })
        )
    }

    @Test("A file that enough repositories promise is found", arguments: 1...3)
    func agreement(_ threshold: Int) async throws {
        let scene = try Self.same("ABC")
        let mapping = ConsensusScene.mapping(of: "ABC", threshold: threshold)
        let target = try #require(try await scene.consensus(mapping).target("file"))
        #expect(target.vouching.map(\.repository.text) == ["A", "B", "C"])
        #expect(target.undetermined.isEmpty)
        try target.verify(Array("content".utf8))
        #expect(refusalCode { try target.verify(Array("another".utf8)) } == "tuf.target-hash")
    }

    @Test("A file that too few repositories promise is refused, and one that nobody promises is absent")
    func tooFew() async throws {
        let scene = try ConsensusScene(["A": ["file": "content"], "B": [:]])
        let both = ConsensusScene.mapping(of: "AB", threshold: 2)
        #expect(await refusalCode { try await scene.vouchers(both) } == "consensus.too-few")
        #expect(try await scene.vouchers(both, path: "missing") == nil)
        let one = ConsensusScene.mapping(of: "AB", threshold: 1)
        #expect(try await scene.vouchers(one) == ["A"])
        let code = await refusalCode { try await scene.consensus(both).requiredTarget("missing") }
        #expect(code == "tuf.target-not-found")
    }

    @Test("Different promises are refused, even where enough others agree", arguments: 1...2)
    func disagreement(_ threshold: Int) async throws {
        for other in ["another", "content of another length"] {
            let scene = try ConsensusScene([
                "A": ["file": "content"], "B": ["file": "content"], "C": ["file": other],
            ])
            let mapping = ConsensusScene.mapping(of: "ABC", threshold: threshold)
            #expect(await refusalCode { try await scene.vouchers(mapping) } == "consensus.disagreement")
        }
    }

    @Test("Promises by different hash functions are no agreement, but one by both joins either")
    func hashFunctions() async throws {
        let content = Array("content".utf8)
        var scene = try Self.same("AB")
        let algorithms: [String: [DigestAlgorithm]] = ["A": [.sha256], "B": [.sha512]]
        for (name, algorithms) in algorithms {
            scene.repositories[name]?.targets.targets["file"] = TargetFile(of: content, by: algorithms)
            try scene.repositories[name]?.publish()
            scene.web.put(try #require(scene.repositories[name]), at: ConsensusScene.url(name))
        }
        let mapping = ConsensusScene.mapping(of: "AB", threshold: 2)
        #expect(await refusalCode { try await scene.vouchers(mapping) } == "consensus.too-few")
        scene.repositories["B"]?.targets.targets["file"] = TargetFile(of: content, by: [.sha256, .sha512])
        try scene.repositories["B"]?.publishNext()
        scene.repositories["B"]?.targets.header = SimulatedRepository.header(2)
        try scene.repositories["B"]?.publish()
        scene.web.put(try #require(scene.repositories["B"]), at: ConsensusScene.url("B"))
        #expect(try await scene.vouchers(mapping) == ["A", "B"])
    }

    @Test("The first mapping that decides is used; a terminating one ends the search; patterns choose")
    func mappings() async throws {
        let scene = try ConsensusScene(["A": ["file": "content"], "B": [:], "C": ["file": "from C"]])
        func mapping(_ pattern: String, _ name: String, _ terminating: Bool) -> String {
            ConsensusScene.mapping(pattern, of: name, threshold: 1, terminating: terminating)
        }
        let cases: [([String], [String]?)] = [
            ([mapping("*", "A", false), mapping("*", "C", false)], ["A"]),
            ([mapping("*", "C", false), mapping("*", "A", false)], ["C"]),
            ([mapping("*", "B", false), mapping("*", "C", false)], ["C"]),
            ([mapping("*", "B", true), mapping("*", "C", false)], nil),
            ([mapping("other*", "B", true), mapping("*", "C", false)], ["C"]),
            ([mapping("other*", "A", false)], nil),
            ([], nil),
        ]
        for (mappings, expected) in cases {
            let all = mappings.joined(separator: ", ")
            #expect(try await scene.vouchers(all) == expected, "\(mappings)")
        }
        let tooFew = ConsensusScene.mapping(of: "AB", threshold: 2)
        let next = ConsensusScene.mapping(of: "C", threshold: 1)
        #expect(try await scene.vouchers("\(tooFew), \(next)") == ["C"])
        let last = ConsensusScene.mapping(of: "AB", threshold: 2, terminating: true)
        #expect(await refusalCode { try await scene.vouchers("\(last), \(next)") } == "consensus.too-few")
    }

    @Test("A repository that cannot be asked does not count, and is named where it was not needed")
    func unreachable() async throws {
        let scene = try Self.same("ABC")
        scene.web.cut(ConsensusScene.url("B"))
        let two = try await scene.consensus(ConsensusScene.mapping(of: "ABC", threshold: 2)).target("file")
        #expect(two?.vouching.map(\.repository.text) == ["A", "C"])
        #expect(two?.undetermined.map(\.repository.text) == ["B"])
        await #expect(throws: Failure.self) {
            try await scene.vouchers(ConsensusScene.mapping(of: "ABC", threshold: 3))
        }
    }

    @Test("Who blocks one repository cannot have the next mapping asked instead")
    func blocking() async throws {
        let scene = try ConsensusScene(["A": ["file": "content"], "C": ["file": "forged"]])
        let mappings = ["A", "C"].map { ConsensusScene.mapping(of: $0, threshold: 1) }.joined(separator: ", ")
        #expect(try await scene.vouchers(mappings) == ["A"])
        scene.web.cut(ConsensusScene.url("A"))
        await #expect(throws: Failure.self) { try await scene.vouchers(mappings) }
    }

    @Test("Bad metadata of a repository that is needed is refused with its own code")
    func badRepository() async throws {
        var scene = try Self.same("ABC")
        scene.repositories["B"]?.timestamp.header = SimulatedRepository.header(
            1,
            expires: SimulatedRepository.now
        )
        try scene.repositories["B"]?.publish()
        scene.web.put(try #require(scene.repositories["B"]), at: ConsensusScene.url("B"))
        scene.web.cut(ConsensusScene.url("C"))
        let all = ConsensusScene.mapping(of: "ABC", threshold: 2)
        #expect(await refusalCode { try await scene.vouchers(all) } == "tuf.expired")
        #expect(try await scene.vouchers(ConsensusScene.mapping(of: "ABC", threshold: 1)) == ["A"])
    }

    @Test("A repository's next address is asked where the first is down, or serves what is not its own")
    func mirrors() async throws {
        let scene = try Self.same("AB")
        let mapping = ConsensusScene.mapping(of: "AB", threshold: 2)
        for name in ["A", "B"] {
            scene.web.put(try #require(scene.repositories[name]), at: ConsensusScene.url(name + "-mirror"))
        }
        scene.web.cut(ConsensusScene.url("A"))
        scene.web.put(try #require(scene.repositories["A"]), at: ConsensusScene.url("B"))
        #expect(try await scene.vouchers(mapping, mirrored: true) == ["A", "B"])
        #expect(await refusalCode { try await scene.vouchers(mapping) } == "tuf.signatures")
    }

    @Test("Each repository has a trusted root of its own, or there is no consensus")
    func roots() async throws {
        let scene = try Self.same("A")
        let map = try scene.map(ConsensusScene.mapping(of: "A", threshold: 1))
        #expect(throws: Failure.self) {
            try Consensus(map, roots: [:], fetcher: scene.web, now: SimulatedRepository.now) { _ in
                InMemoryMetadataStore()
            }
        }
    }
}
