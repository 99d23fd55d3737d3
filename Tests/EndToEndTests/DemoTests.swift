// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@Suite("The demo")
struct DemoTests {
    @Test("It replaces what an earlier one left, and every attack in its tables is refused with its code")
    func succeeds() async throws {
        let folder = try TemporaryFolder()
        try folder.write([1], to: "demo/server/server.sqlite")
        try folder.write([1], to: "demo/left-over")
        let result = try await Program(in: folder.path, name: "kingsnake-demo").run()
        #expect(result.status == 0, "\(result.transcript)")
        let lines = result.output.split(separator: "\n")
        #expect(!result.output.contains("NOT AS") && !result.output.contains("NOT every"))
        #expect(result.output.contains("every attack was refused, with its code"))
        #expect(throws: (any Error).self) { try folder.read("demo/left-over") }
        for chapter in ["5. Attacks on the server", "8. Attacks by mirrors"] {
            let table = lines.drop { !$0.hasPrefix(chapter) }.dropFirst(3)
            let refused = table.prefix { $0.contains(/\ refused [a-z]+[a-z.-]+$/) }
            #expect(refused.count >= 13, "\(chapter): \(result.output)")
        }
        // What each attack must be refused by is the demo's own word; these are the ones that the server is about.
        for code in [
            "oidc.signature", "oidc.replayed", "oidc.no-publisher", "access.not-allowed",
            "server.file-exists",
            "attested.missing", "publish-log.unexpected-publisher", "attested.stripped", "attested.invalid",
            "tuf.rollback", "digest.mismatch", "publish-log.rewritten", "proxy.tunnel", "in-index.unlisted",
            "policy.revoked",
        ] {
            #expect(lines.contains { $0.hasSuffix(" refused \(code)") }, "\(code)")
        }
        // A client gets what is good, and the reason why it does not get what is not.
        let client = lines.drop { !$0.hasPrefix("11. ") }
        #expect(client.contains { $0.contains("hello-1.1-0.conda: 200, ") })
        // What conda installs with a label, and mamba after a look at a dozen fields, we refuse.
        let verdicts = lines.drop { !$0.hasPrefix("THE RECORD") }.dropFirst()
        let rows = [
            #/as it was signed +verified +trusted, installed +trusted, installed/#,
            #/another dependency +refused content-trust.record-signature +untrusted, installed +not installed/#,
            #/another license family +refused content-trust.record-signature +untrusted, installed +trusted, installed/#,
            #/no signatures +refused content-trust.record-unsigned +unsigned, installed +not installed/#,
        ]
        for row in rows {
            #expect(verdicts.contains { $0.wholeMatch(of: row) != nil }, "\(result.output)")
        }
        // No key of anybody is shown, and the server that it leaves behind can be started again, by itself.
        let secret = String(decoding: try folder.read("demo/alice.api-key"), as: UTF8.self)
        #expect(!secret.isEmpty && !result.output.contains(secret))
        #expect(try await Self.answers(try Self.address(of: lines)) == false)
        let again = try await Program(in: folder.path).start(["serve", "demo/server", "--json"])
        #expect(again.announcement["url"]?.string == (try Self.address(of: lines)))
        #expect(await again.stop() == 0)
    }

    @Test("Whoever interrupts it finds its server stopped")
    func interrupted() async throws {
        let folder = try TemporaryFolder()
        let script = """
            kingsnake-demo > out 2>&1 &
            while kill -0 $! && ! grep -q '^2[.] ' out; do sleep 0.05; done
            kill -TERM $!
            wait $! || echo "ended with $?"
            cat out
            """
        let result = try await Program(in: folder.path).runScript(script)
        #expect(result.output.contains("ended with"), "\(result.transcript)")
        #expect(try await Self.answers(try Self.address(of: result.output.split(separator: "\n"))) == false)
    }

    /// Where the demo's server is, by its own word.
    private static func address(of lines: [Substring]) throws -> String {
        let line = try #require(lines.first { $0.hasPrefix("  serving at ") })
        return String(line.dropFirst("  serving at ".count))
    }

    /// Whether anybody answers there.
    private static func answers(_ url: String) async throws -> Bool {
        let script = "exec 3<>/dev/tcp/127.0.0.1/\(url.split(separator: ":").last ?? "")"
        let folder = try TemporaryFolder()
        return try await Program(in: folder.path).run("/bin/bash", ["-c", script]).status == 0
    }
}
