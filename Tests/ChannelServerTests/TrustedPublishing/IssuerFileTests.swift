// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("The file of issuers")
struct IssuerFileTests {
    @Test("Without a file GitHub and GitLab are believed; with one, whoever is in it")
    func read() throws {
        let folder = try TemporaryFolder()
        #expect(try TokenIssuers.read(inServerAt: folder.path) == .usual)
        try folder.write(
            Array(
                #"""
                {"schema": 1, "issuers": [
                  {"issuer": "https://git.example.org", "kind": "gitlab", "maximum_lifetime": 7200},
                  {"issuer": "http://127.0.0.1:18820", "kind": "github"},
                  {"issuer": "https://ci.example.org/a/", "kind": "other", "claims": {"ref": "git_ref"}}]}
                """#.utf8
            ),
            to: "issuers.json"
        )
        let issuers = try TokenIssuers.read(inServerAt: folder.path)
        #expect(issuers.issuer("https://gitlab.com") == nil)
        #expect(issuers.issuer("https://git.example.org")?.maximumLifetime == 7_200)
        #expect(issuers.issuer("http://127.0.0.1:18820")?.kind == .github)
        #expect(
            issuers.issuer("https://ci.example.org/a/")?.configurationURL
                == "https://ci.example.org/a/.well-known/openid-configuration"
        )
    }

    @Test("Nothing in it is guessed or skipped", arguments: faulty)
    func refused(_ text: String) {
        #expect(refusalCode { try TokenIssuers(json: Array(text.utf8)) } == "oidc.issuer-file")
    }

    private static let faulty: [String] = [
        issuer(#""kind":"github""#, url: "http://ci.example.org"),
        issuer(#""kind":"github""#, url: "https://"),
        issuer(#""kind":"github""#, url: "https://a@b"),
        issuer(#""kind":"github""#, url: "https://a b"),
        issuer(#""kind":"github""#, url: "https://a?b"),
        issuer(#""kind":"github""#, url: "http://127.0.0.1.evil.net"),
        issuer(#""kind":"jenkins""#), issuer(#""kind":"github","claims":{}"#),
        issuer(#""kind":"other","claims":{"sub":"x"}"#), issuer(#""kind":"other","claims":{"ref":""}"#),
        issuer(#""kind":"github","maximum_lifetime":0"#),
        issuer(#""kind":"github","maximum_lifetime":86401"#),
        issuer(#""kind":"github","jwks_uri":"https://evil.example.net""#),
        #"{"schema":2,"issuers":[{"issuer":"https://a","kind":"github"}]}"#, #"{"schema":1,"issuers":[]}"#,
        #"{"schema":1,"issuers":[{"issuer":"https://a","kind":"github"},{"issuer":"https://a","kind":"gitlab"}]}"#,
        #"{"schema":1,"issuers":[{"issuer":"https://a","kind":"github"}],"audiences":[""]}"#,
        #"{"schema":1,"issuers":[{"issuer":"https://a","kind":"github"}],"audience":["x"]}"#,
    ]

    private static func issuer(_ members: String, url: String = "https://ci.example.org") -> String {
        #"{"schema":1,"issuers":[{"issuer":"\#(url)",\#(members)}]}"#
    }
}
