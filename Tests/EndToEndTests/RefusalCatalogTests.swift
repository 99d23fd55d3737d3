// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import TestSupport
import Testing
import TrustCore

@testable import kingsnake

@Suite("Refusal codes")
struct RefusalCatalogTests {
    @Test("No two refusals have the same code")
    func isUnique() {
        let names = RefusalCatalog.names
        #expect(Dictionary(grouping: names) { $0 }.filter { $1.count > 1 }.isEmpty)
        #expect(names.count > 100)
    }

    @Test("Every enum of codes in the sources is in the catalogue")
    func isComplete() throws {
        let known = Set(RefusalCatalog.all.map { "\(type(of: $0))" })
        var declared: Set<String> = []
        let sources = SharedData.checkout + "/Sources"
        for case let path as String in try #require(FileManager.default.enumerator(atPath: sources))
        where path.hasSuffix(".swift") {
            let text = try String(contentsOfFile: sources + "/" + path, encoding: .utf8)
            for match in text.matches(of: /enum\s+(\w+)\s*:[^{]*\bRefusalCode\b[^{]*\{/) {
                declared.insert(String(match.1))
            }
        }
        #expect(declared == known)
    }

    @Test("A code's words keep to the grammar of messages", arguments: RefusalCatalog.names)
    func keepsToTheGrammar(name: String) throws {
        let code = try #require(RefusalCatalog.code(named: name))
        let entry = code.entry
        #expect(name.wholeMatch(of: /[a-z-]+\.[a-z0-9-]+/) != nil, "\(name)")
        #expect(!entry.summary.hasSuffix(".") && !entry.remedy.hasSuffix("."), "\(name): no full stop")
        #expect(entry.explanation.hasSuffix("."), "\(name): the explanation is in whole sentences")
        #expect(entry.summary.first?.isUppercase != true || entry.summary.hasPrefix("SHA"), "\(name)")
        let forbidden = ["disable", "delete the trust", "skip verification", "turn off"]
        #expect(!forbidden.contains { entry.remedy.lowercased().contains($0) }, "\(name): no such advice")
    }

    @Test("The program explains every code, and the document of codes is what it prints")
    func explainsEveryCode() async throws {
        let world = try ChannelWorld()
        let page = try String(contentsOfFile: SharedData.checkout + "/docs/refusals.md", encoding: .utf8)
        let printed = try await world.must("explain", "--markdown").output
        #expect(printed == page, "run `make refusals`")
        let script = RefusalCatalog.names.map { "kingsnake explain \($0)" }.joined(separator: "\n")
        let result = try await world.program.runScript(script)
        #expect(result.status == 0, "\(result.errors)")
        for code in RefusalCatalog.all {
            #expect(result.output.contains("\(code.rawValue)\n  what      \(code.entry.summary)\n"))
            #expect(result.output.contains("  to do     \(code.entry.remedy)\n"))
        }
    }

    @Test("A refusal looks as the design and the README show it")
    func looksAsShown() throws {
        let refusal = Refusal(
            try #require(RefusalCatalog.code(named: "tuf.rollback")),
            at: "https://conda.example.org/x"
        )
        #expect(
            ErrorReport(error: refusal).text == """
                error: refused `timestamp metadata`
                  why       \(refusal.code.entry.summary)
                  where     https://conda.example.org/x
                  expected  version 42 or later
                  found     version 41

                hint: \(refusal.remedy)
                code: tuf.rollback (run `kingsnake explain tuf.rollback`)

                """
        )
    }
}

extension Refusal {
    fileprivate init(_ code: any RefusalCode, at location: String) {
        func make<Code: RefusalCode>(_ code: Code) -> Refusal {
            Refusal(
                code,
                "timestamp metadata",
                at: location,
                expected: "version 42 or later",
                found: "version 41"
            )
        }
        self = make(code)
    }
}
