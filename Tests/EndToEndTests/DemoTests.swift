// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing

@Suite("The demo")
struct DemoTests {
    @Test("The demo succeeds twice in the same folder, and every attack in its table is refused")
    func succeedsTwice() async throws {
        let folder = try TemporaryFolder()
        let demo = Program(in: folder.path, name: "kingsnake-demo")
        for _ in 1...2 {
            let result = try await demo.run()
            #expect(result.status == 0, "\(result.transcript)")
            let table = result.output.split(separator: "\n").drop { !$0.hasPrefix("3. Attacks") }
            let refused = table.filter { $0.contains(/\ refused [a-z]+\.[a-z-]+$/) }
            #expect(refused.count >= 12)
            #expect(!result.output.contains("NOT AS") && !result.output.contains("NOT every"))
            // What conda installs with a label, and mamba after a look at a dozen fields, we refuse.
            let verdicts = result.output.split(separator: "\n").drop { !$0.hasPrefix("THE RECORD") }
                .dropFirst()
            let rows = [
                #/as it was signed +verified +trusted, installed +trusted, installed/#,
                #/another dependency +refused content-trust.record-signature +untrusted, installed +not installed/#,
                #/another license family +refused content-trust.record-signature +untrusted, installed +trusted, installed/#,
                #/no signatures +refused content-trust.record-unsigned +unsigned, installed +not installed/#,
            ]
            for row in rows {
                #expect(verdicts.contains { $0.wholeMatch(of: row) != nil }, "\(result.output)")
            }
            #expect(result.output.contains("every attack was refused, with its code"))
        }
    }
}
