// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@testable import TUF

@Suite("Map files")
struct RepositoryMapTests {
    private static let good = """
        {"repositories":
           {"one": ["https://one.example/", "file:///srv/one"], "two-2.x_y": ["http://two.example"]},
         "mapping": [
           {"paths": ["a/*", "b"], "repositories": ["one", "two-2.x_y"], "threshold": 2, "terminating": true},
           {"paths": ["*"], "repositories": ["one"], "threshold": 1, "terminating": false}]}
        """

    private static func parse(_ text: String) throws -> RepositoryMap {
        try RepositoryMap(parsing: Array(text.utf8))
    }

    @Test("A map file is read in the order it is written in")
    func good() throws {
        let map = try Self.parse(Self.good)
        #expect(map.repositories.map(\.name.text) == ["one", "two-2.x_y"])
        #expect(map.repositories[0].urls == ["https://one.example/", "file:///srv/one"])
        #expect(map.mappings.map(\.threshold) == [2, 1])
        #expect(map.mappings.map(\.terminating) == [true, false])
        #expect(map.mappings.map { $0.covers("a/x") } == [true, false])
        #expect(map.mappings.map { $0.covers("b") } == [true, true])
        #expect(map.mappings.map { $0.covers("a/x/y") } == [false, false])
    }

    /// One change of the good file, and what it is refused for.
    private static let changes: [(from: String, to: String, code: String)] = [
        (#""threshold": 2"#, #""threshold": 0"#, "consensus.threshold-number"),
        (#""threshold": 2"#, #""threshold": -1"#, "consensus.threshold-number"),
        (#""threshold": 2"#, #""threshold": 3"#, "consensus.threshold-number"),
        (#""threshold": 2"#, #""threshold": 9223372036854775807"#, "consensus.threshold-number"),
        (#""threshold": 2"#, #""threshold": 9223372036854775808"#, "json.shape"),
        (#""threshold": 2"#, #""threshold": "2""#, "json.shape"),
        (#""threshold": 2, "#, "", "json.shape"),
        (#", "terminating": true"#, "", "json.shape"),
        (#", "terminating": true"#, #", "terminating": true, "except": ["c"]"#, "json.shape"),
        (#"["a/*", "b"]"#, "[]", "json.shape"),
        (#"["one", "two-2.x_y"]"#, "[]", "consensus.threshold-number"),
        (#"["one", "two-2.x_y"]"#, #"["one", "three"]"#, "consensus.unknown-repository"),
        (#"["one", "two-2.x_y"]"#, #"["one", "One"]"#, "consensus.unknown-repository"),
        (#"["one", "two-2.x_y"]"#, #"["one", "one"]"#, "consensus.duplicate-repository"),
        (#""two-2.x_y": ["#, #""one": ["#, "json.duplicate-key"),
        (#""two-2.x_y": ["#, #""ONE": ["#, "consensus.duplicate-repository"),
        (#""two-2.x_y": ["#, #""..": ["#, "consensus.repository-name"),
        (#""two-2.x_y": ["#, #""../two": ["#, "consensus.repository-name"),
        (#""two-2.x_y": ["#, #""/two": ["#, "consensus.repository-name"),
        (#""two-2.x_y": ["#, #"".two": ["#, "consensus.repository-name"),
        (#""two-2.x_y": ["#, #""tw\u00f6": ["#, "consensus.repository-name"),
        (#""two-2.x_y": ["#, #""two\u0000": ["#, "consensus.repository-name"),
        (#""two-2.x_y": ["#, #""": ["#, "consensus.repository-name"),
        (#"["http://two.example"]"#, "[]", "consensus.repository-url"),
        (#"["http://two.example"]"#, #"[""]"#, "consensus.repository-url"),
        (#"["http://two.example"]"#, #"["https://"]"#, "consensus.repository-url"),
        (#"["http://two.example"]"#, #"["ftp://two.example"]"#, "consensus.repository-url"),
        (#"["http://two.example"]"#, #"["http://two.example/\n"]"#, "consensus.repository-url"),
        (#"["http://two.example"]"#, #""http://two.example""#, "json.shape"),
        (#""mapping": ["#, #""other": 1, "mapping": ["#, "json.shape"),
        (#""mapping": ["#, #""mappings": ["#, "json.shape"),
    ]

    @Test("Each rule is refused by the smallest change that breaks it", arguments: changes.indices)
    func rules(_ index: Int) {
        let change = Self.changes[index]
        let text = Self.good.replacingFirst(change.from, by: change.to)
        #expect(text != Self.good)
        #expect(refusalCode { try Self.parse(text) } == change.code, "\(change.to)")
    }

    @Test("A file that is none is refused, and so is `null`", arguments: ["", "null", "[]", "{", "{}", "1"])
    func noMap(_ text: String) {
        let code = refusalCode { try Self.parse(text) }
        #expect(code?.hasPrefix("json.") == true)
    }

    @Test("Lengths and numbers are limited, and a name is no longer than a folder's may be")
    func limits() throws {
        func map(repositories: [String], mapping: [String] = []) -> String {
            #"{"repositories": {\#(repositories.joined(separator: ","))}, "mapping": ["#
                + mapping.joined(separator: ",") + "]}"
        }
        func named(_ count: Int) -> [String] { (0..<count).map { #""r\#($0)": ["https://r.example"]"# } }
        func mapping(_ count: Int, patterns: Int = 1) -> [String] {
            let paths = Array(repeating: #""*""#, count: patterns).joined(separator: ",")
            let one = #"{"paths": [\#(paths)], "repositories": ["r0"], "threshold": 1, "terminating": true}"#
            return Array(repeating: one, count: count)
        }
        let url = #""https://r.example""#
        func urls(_ count: Int) -> String {
            #""r": [\#(Array(repeating: url, count: count).joined(separator: ","))]"#
        }
        let name = String(repeating: "n", count: RepositoryName.maximumLength)
        let most = [
            map(repositories: named(64)), map(repositories: named(1), mapping: mapping(1024)),
            map(repositories: named(1), mapping: mapping(1, patterns: 1024)), map(repositories: [urls(32)]),
            map(repositories: [#""\#(name)": [\#(url)]"#]),
        ]
        for text in most { #expect(throws: Never.self) { try Self.parse(text) } }
        let tooMany = [
            map(repositories: named(65)), map(repositories: named(1), mapping: mapping(1025)),
            map(repositories: named(1), mapping: mapping(1, patterns: 1025)), map(repositories: [urls(33)]),
            map(repositories: named(1)) + String(repeating: " ", count: RepositoryMap.maximumLength),
        ]
        for text in tooMany { #expect(refusalCode { try Self.parse(text) } == "limit.too-large") }
        let long = map(repositories: [#""\#(name)n": [\#(url)]"#])
        #expect(refusalCode { try Self.parse(long) } == "consensus.repository-name")
    }

    /// For each code a change of the good file, or repositories, that provoke exactly it.
    @Test("Every refusal of a consensus has an input that provokes it", arguments: ConsensusCode.allCases)
    func coverage(_ code: ConsensusCode) async throws {
        switch code {
        case .tooFew, .disagreement:
            let scene = try ConsensusScene([
                "A": ["file": "content"], "B": code == .tooFew ? [:] : ["file": "another"],
            ])
            let mapping = ConsensusScene.mapping(of: "AB", threshold: 2)
            #expect(await refusalCode { try await scene.vouchers(mapping) } == code.rawValue)
        default:
            let change = try #require(Self.changes.first { $0.code == code.rawValue })
            let text = Self.good.replacingFirst(change.from, by: change.to)
            #expect(refusalCode { try Self.parse(text) } == code.rawValue)
        }
        #expect(code.rawValue.hasPrefix("consensus."))
        #expect(!code.entry.remedy.isEmpty)
    }
}

extension String {
    fileprivate func replacingFirst(_ part: String, by other: String) -> String {
        guard let range = ranges(of: part).first else { return self }
        return String(self[..<range.lowerBound]) + other + String(self[range.upperBound...])
    }
}
