// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@testable import Transport

@Suite("Proxies on the way to servers")
struct HTTPProxiesTests {
    private static func isFor(_ url: String, except exceptions: String) throws -> Bool {
        let proxies = try HTTPProxies(environment: ["no_proxy": exceptions, "https_proxy": "p:1"])
        return proxies.isFor(try #require(WebAddress(url)))
    }

    @Test(
        "Exceptions are hosts and what is below them, and this machine always is one",
        arguments: [
            ("https://conda.example.org/a", "", true), ("https://conda.example.org/a", "example.net", true),
            ("https://conda.example.org/a", "example.org", false),
            ("https://conda.example.org/a", "localhost, .Example.org ", false),
            ("https://conda.example.org/a", "*.example.org", false),
            ("https://conda.example.org/a", "onda.example.org", true),
            ("https://conda.example.org/a", "*", false), ("https://conda.example.org/a", ",", true),
            ("https://conda.example.org/a", "conda.example.org:443", false),
            ("https://conda.example.org:8443/a", "conda.example.org:443", true),
            ("http://192.0.2.7/a", "192.0.2.7", false), ("http://[2001:db8::1]:81/a", "2001:db8::1", false),
            ("http://[2001:db8::1]/a", "2001:db8::2", true),
            ("http://127.0.0.1:9/a", "", false), ("http://localhost/a", "", false),
            ("http://[::1]/a", "", false),
        ]
    )
    func exceptions(url: String, exceptions: String, isAsked: Bool) throws {
        #expect(try Self.isFor(url, except: exceptions) == isAsked)
    }

    @Test(
        "Variables are read in small letters first, each for its scheme, with credentials that nothing shows"
    )
    func environment() throws {
        let proxies = try HTTPProxies(environment: [
            "http_proxy": "http://me:p%40ss@proxy.example.org:3128/", "HTTP_PROXY": "http://other:1",
            "https_proxy": "", "HTTPS_PROXY": "[2001:db8::1]:8080",
        ])
        #expect(proxies.plain?.host == "proxy.example.org" && proxies.plain?.port == 3128)
        #expect(proxies.plain?.credentials?.user == "me" && proxies.plain?.credentials?.password == "p@ss")
        #expect(proxies.secure?.host == "2001:db8::1" && proxies.secure?.port == 8080)
        let none = try HTTPProxies(environment: ["all_proxy": "socks5://h:1"])
        #expect(none.plain == nil && none.secure == nil)
        #expect(try HTTPProxies(environment: ["http_proxy": "http://h"]).plain?.port == 80)
        for text in ["socks5://h:1", "https://me:secret@h:1", "http://", "http://h:99999", "http://me:%zz@h"]
        {
            let failure = #expect(throws: Failure.self) {
                try HTTPProxies(environment: ["https_proxy": text])
            }
            #expect(failure?.kind == .configuration && !"\(String(describing: failure))".contains("secret"))
        }
    }

    @Test("At a port of ours on this machine there is no proxy on the way")
    func own() throws {
        let environment = ["http_proxy": "http://127.0.0.1:8642", "https_proxy": "http://localhost:8642"]
        let none = try HTTPProxies(environment: environment, ignoring: [8642])
        #expect(none.plain == nil && none.secure == nil)
        let others = try HTTPProxies(environment: environment, ignoring: [8643])
        #expect(others.plain?.port == 8642 && others.secure?.host == "localhost")
        #expect(try HTTPProxies(environment: ["http_proxy": "h:8642"], ignoring: [8642]).plain?.host == "h")
    }

    @Test("A proxy is asked for tunnels, and not for exceptions; what it refuses is no word of the server’s")
    func asked() async throws {
        let folder = try TemporaryFolder()
        try await LoopbackServer.serving(folder.path) { request in
            guard request.method == "CONNECT" else { return .replace(Array(request.target.utf8)) }
            return .status(request.target.hasSuffix(":80") ? 407 : 404)
        } _: { server in
            var options = HTTPOptions()
            options.proxies = try HTTPProxies(environment: [
                "http_proxy": server.url.replacingPrefix("http://", by: "http://me:pass@"),
                "https_proxy": server.url, "no_proxy": "other.invalid",
            ])
            try await TransportFixtures.fetching(TransportFixtures.limits, options) { fetcher in
                for scheme in ["http", "https"] {
                    let failure = await #expect(throws: Failure.self) {
                        try await fetcher.bytes("\(scheme)://conda.example.org/x", maximumLength: 1000)
                    }
                    #expect(failure?.kind == .network)
                    let message = failure?.message ?? ""
                    #expect(message.hasPrefix("the proxy on the way there"), "\(message)")
                }
                let tunnels = ["conda.example.org:80", "conda.example.org:443"]
                #expect(server.requests.map(\.target) == tunnels)
                let fields = server.requests.map { $0.header("proxy-authorization") }
                #expect(fields == ["Basic bWU6cGFzcw==", nil])
                // Nobody has that name, and the proxy is not asked for it.
                _ = try? await fetcher.bytes("http://other.invalid/x", maximumLength: 1000)
                let own = try await fetcher.bytes(server.url + "/y", maximumLength: 1000)
                #expect(own == Array("/y".utf8))
                #expect(server.requests.map(\.target) == tunnels + ["/y"])
            }
        }
    }
}
