// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TestSupport
import Testing
import TrustCore
import TrustPolicy

@Suite("Examples of policies, and their schema")
struct PolicyExampleTests {
    private static let folder = SharedData.checkout + "/Examples/Policies/"

    private static func bytes(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    private static func schema() throws -> JSONSchema {
        let bytes = try bytes(SharedData.checkout + "/docs/schemas/policy.schema.json")
        let root = try #require(try JSONReader.read(bytes, of: "schema").object)
        return JSONSchema(root: root)
    }

    /// YAML as JSON, as readers of YAML take it that know numbers and truth values only.
    private static func json(_ node: YAMLNode) -> JSONValue {
        switch node.content {
        case .scalar(let text, let isPlain):
            if node.isNull { return .null }
            if isPlain, let number = Int64(text) { return .number(JSONNumber(number)) }
            if isPlain, text == "true" || text == "false" { return .bool(text == "true") }
            return .string(text)
        case .sequence(let elements): return .array(elements.map(json))
        case .mapping(let members):
            var object = JSONObject()
            for member in members { object.insert(member.key, json(member.value)) }
            return .object(object)
        }
    }

    /// The YAML that docs/policy.md shows.
    private static func documented() throws -> [String] {
        let page = String(decoding: try bytes(SharedData.checkout + "/docs/policy.md"), as: UTF8.self)
        return page.matches(of: /(?m)^```yaml\n((?:.*\n)*?)```$/).map { String($0.1) }
    }

    @Test(
        "The policy of the examples allows what it must and refuses the rest, each for its reason",
        arguments: [
            ("lab-good.yaml", PolicyFixture.Expectation.allowed), ("lab-bad.yaml", .refused),
        ]
    )
    func examples(fixtures: String, most: PolicyFixture.Expectation) throws {
        let policy = try PolicyFile(yaml: try Self.bytes(Self.folder + "lab.yaml"))
        let cases = try PolicyFixture.read(yaml: try Self.bytes(Self.folder + fixtures))
        #expect(cases.count >= 8)
        for fixture in cases {
            let verdict = fixture.verdict(user: policy)
            #expect(fixture.isMet(by: verdict), "\(fixture.name): \(PolicyFixture.outcome(of: verdict))")
            #expect((fixture.expectation == .allowed) == (most == .allowed))
        }
    }

    @Test("The bad cases have every code between them, and without a policy they all pass")
    func badCases() throws {
        let cases = try PolicyFixture.read(yaml: try Self.bytes(Self.folder + "lab-bad.yaml"))
        let codes = Set(cases.compactMap(\.code).map(\.rawValue))
        let about = ["attested.", "publisher.", "known-publisher."]
        let all = PolicyCode.allCases.map(\.rawValue).filter { code in about.contains { code.hasPrefix($0) } }
        #expect(codes == Set(all))
        for fixture in cases { #expect(PolicyFixture.outcome(of: fixture.verdict(user: nil)).0 == .allowed) }
    }

    @Test("The rules of the examples hide what they must and nothing else, each for its reason")
    func ruleExamples() throws {
        let policy = try PolicyFile(yaml: try Self.bytes(Self.folder + "rules.yaml"))
        let cases = try PolicyFixture.read(yaml: try Self.bytes(Self.folder + "rules-cases.yaml"))
        for fixture in cases {
            let verdict = fixture.verdict(user: policy)
            #expect(fixture.isMet(by: verdict), "\(fixture.name): \(PolicyFixture.outcome(of: verdict))")
            #expect(PolicyFixture.outcome(of: fixture.verdict(user: nil)).0 == .allowed)
        }
        let codes = Set(cases.compactMap(\.code))
        let all = PolicyCode.allCases.filter { $0.rawValue.hasPrefix("policy.") }
        // Nobody can leave out in a case what was found in the package.
        #expect(codes == Set(all).subtracting([.empty, .linkScriptsUnknown]))
    }

    @Test("The documented cases come out as they say, by the policy before them")
    func documentedCases() throws {
        let blocks = try Self.documented()
        for (at, text) in blocks.enumerated() where text.contains("cases:") {
            let before = try #require(blocks[..<at].last { !$0.contains("cases:") })
            let policy = try PolicyFile(yaml: Array(before.utf8))
            for fixture in try PolicyFixture.read(yaml: Array(text.utf8))
            where fixture.name.hasPrefix("rule: ") {
                let verdict = fixture.verdict(user: policy)
                #expect(fixture.isMet(by: verdict), "\(fixture.name): \(PolicyFixture.outcome(of: verdict))")
            }
        }
    }

    @Test("A fixture that expects something else is not met")
    func notMet() throws {
        let text = """
            version: 1
            cases:
              - {channel: https://conda.example.org/lab, package: lab-a-1-0.conda, expect: refused, code: publisher.too-few}
            """
        let policy = try PolicyFile(yaml: try Self.bytes(Self.folder + "lab.yaml"))
        let fixture = try #require(try PolicyFixture.read(yaml: Array(text.utf8)).first)
        // Refused, and for another reason.
        #expect(!fixture.isMet(by: fixture.verdict(user: policy)))
        #expect(PolicyFixture.outcome(of: fixture.verdict(user: policy)) == (.refused, [.attestationMissing]))
    }

    @Test(
        "Fixtures are read as strictly as policies",
        arguments: [
            ("policy-file.empty", "version: 1\ncases: []"), ("policy-file.version", "cases: []"),
            ("policy-file.unknown-key", "version: 1\ncases: [{nam: x}]"),
            ("policy-file.shape", "version: 1\ncases: [{name: x}]"),
            (
                "policy-file.value",
                "version: 1\ncases: [{channel: https://a.example.org/b, package: a-1-0.conda, expect: refused}]"
            ),
            (
                "policy-file.value",
                "version: 1\ncases: [{channel: https://a.example.org/b, package: a-1-0.conda, expect: refused, code: a.b}]"
            ),
            (
                "policy-file.publisher",
                "version: 1\ncases: [{channel: https://a.example.org/b, package: a-1-0.conda, expect: allowed, attestations: [{issuer: x}]}]"
            ),
            (
                "name.file-format",
                "version: 1\ncases: [{channel: https://a.example.org/b, package: a, expect: allowed}]"
            ),
        ]
    )
    func strictFixtures(code: String, text: String) {
        #expect(thrownRefusal { try PolicyFixture.read(yaml: Array(text.utf8)) }?.codeName == code)
    }

    @Test("What the owner of the examples signs is read, and is stricter for the core")
    func ownersExample() throws {
        let channel = try ChannelURL("https://conda.example.org/lab")
        let policy = try PublisherPolicy(json: try Self.bytes(Self.folder + "publishers.json"), of: channel)
        #expect(policy.entry(for: try PackageName("lab-core"))?.threshold == 2)
        #expect(policy.entry(for: try PackageName("zlib"))?.publishers.count == 2)
    }

    @Test("The documented policies and those of the examples are valid by the schema and by the program")
    func schemaAccepts() throws {
        let schema = try Self.schema()
        let examples = String(decoding: try Self.bytes(Self.folder + "lab.yaml"), as: UTF8.self)
        let documented = try Self.documented().filter { !$0.contains("cases:") }
        #expect(documented.count >= 2)
        let rules = String(decoding: try Self.bytes(Self.folder + "rules.yaml"), as: UTF8.self)
        for text in documented + [examples, rules, PolicyFileTests.everything] {
            #expect(schema.violations(Self.json(try YAMLReader.read(text))) == [], "\(text)")
            let policy = try PolicyFile(yaml: Array(text.utf8))
            // What the program writes is valid too.
            let written = try YAMLReader.read(String(decoding: policy.yaml, as: UTF8.self))
            #expect(schema.violations(Self.json(written)) == [])
        }
    }

    @Test(
        "The schema refuses what the program refuses, as far as a schema can tell",
        arguments: PolicyFileCodeCoverageTests.cases
    )
    func schemaRefuses(_ bad: BadPolicy) throws {
        // Keys and values that a schema cannot compare, and texts that are no document.
        let beyond: Set<PolicyFileCode> = [
            .syntax, .alias, .duplicateKey, .tooDeep, .duplicate, .threshold, .channel,
        ]
        // Nor can it say which of two moments is later.
        let isBeyond = beyond.contains(bad.code) || bad.testDescription.hasSuffix("ends before it begins")
        guard !isBeyond else { return }
        let violations = try Self.schema().violations(Self.json(try YAMLReader.read(bad.text)))
        #expect(!violations.isEmpty, "\(bad.text)")
    }

    @Test("The documented test of a policy is one")
    func documentedFixtures() throws {
        let documented = try Self.documented().filter { $0.contains("cases:") }
        #expect(!documented.isEmpty)
        for text in documented { _ = try PolicyFixture.read(yaml: Array(text.utf8)) }
    }
}
