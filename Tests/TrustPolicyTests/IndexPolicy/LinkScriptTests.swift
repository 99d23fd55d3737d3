// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Testing
import TrustCore
import TrustPolicy

@Suite("Link scripts")
struct LinkScriptTests {
    private typealias Sample = RuleSamples
    private static let script = "bin/.zlib-post-link.sh"

    @Test(
        "What a policy makes of a package's scripts",
        arguments: [
            ("deny", [script], PolicyCode.linkScripts, true), ("deny", [], nil, false),
            ("deny", nil, .linkScriptsUnknown, true), ("flag", [script], .linkScripts, false),
            ("flag", [], nil, false), ("flag", nil, .linkScriptsUnknown, false),
            ("allow", [script], nil, false),
            ("allow", nil, nil, false), ("deny, except: [zlib]", [script], nil, false),
            ("deny, except: [\"zlib-*\"]", [script], .linkScripts, true),
        ] as [(String, [String]?, PolicyCode?, Bool)]
    )
    func modes(mode: String, scripts: [String]?, code: PolicyCode?, isRefused: Bool) throws {
        let policy = try Sample.policy("install_scripts: {default: \(mode)}\n")
        let evidence = Sample.evidence(try Sample.file()) { $0.linkScripts = scripts }
        let verdict = Sample.verdict(policy, evidence)
        #expect(verdict.isAllowed == !isRefused)
        #expect((verdict.objections + verdict.warnings).map(\.code) == (code.map { [$0] } ?? []))
        #expect(policy.asksForLinkScripts(of: evidence) == (code != nil || scripts == []))
        // An index does not say which scripts a package has.
        #expect(Sample.codes(policy, try Sample.file()) == [])
    }

    @Test("One channel's word counts in place of the general one")
    func channels() throws {
        let policy = try Sample.policy(
            """
            install_scripts: {default: deny}
            channels:
              \(Sample.channel): {install_scripts: {default: allow}}
            """
        )
        let evidence = Sample.evidence(try Sample.file())
        #expect(!policy.asksForLinkScripts(of: evidence))
        let other = Sample.evidence(try Sample.file { $0.channel += "/other" })
        #expect(policy.asksForLinkScripts(of: other))
    }
}
