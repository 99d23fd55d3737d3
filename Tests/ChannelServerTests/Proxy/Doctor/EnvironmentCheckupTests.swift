// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Testing

@testable import ChannelServer

@Suite("Looking at the environment")
struct EnvironmentCheckupTests {
    private static func findings(_ client: ProxiedClient, _ variables: [String: String]) -> [String] {
        EnvironmentCheckup(
            variables,
            of: client,
            to: ClientProxy.usual.address,
            hosts: ["conda.anaconda.org", "conda.example.org"]
        ).checks.map { "\($0.outcome.rawValue) \($0.name)" }
    }

    @Test(
        "Nothing that leads past the proxy is good",
        arguments: [
            [:], ["http_proxy": "http://127.0.0.1:8642", "HTTPS_PROXY": "http://127.0.0.1:8642/"],
            ["no_proxy": "localhost,127.0.0.1,::1"], ["no_proxy": "", "http_proxy": ""],
        ]
    )
    func good(variables: [String: String]) {
        for client in [ProxiedClient.conda, .mamba, .pixi] {
            #expect(Self.findings(client, variables) == ["ok environment"])
        }
    }

    @Test(
        "Another proxy is found, in every spelling",
        arguments: ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"]
    )
    func proxies(name: String) {
        let variables = [name: "http://me:secret@p.example.org:3128"]
        #expect(Self.findings(.conda, variables) == ["failed environment.proxy"])
        #expect(Self.findings(.pixi, variables) == ["failed environment.proxy"])
        #expect(Self.findings(.mamba, variables) == ["warning environment.proxy"])
        let checkup = EnvironmentCheckup(variables, of: .conda, to: ClientProxy.usual.address, hosts: [])
        #expect(!"\(checkup.checks)".contains("secret"))
    }

    @Test("A proxy for all else is told")
    func all() {
        #expect(Self.findings(.conda, ["ALL_PROXY": "socks5://p:1"]) == ["warning environment.proxy"])
    }

    @Test(
        "Exceptions that are about channels lead mamba and pixi past the proxy, and what conda starts",
        arguments: [
            "*", "conda.example.org", ".example.org", "x, anaconda.org:443", "*.EXAMPLE.org", "localhost,org",
        ]
    )
    func exceptions(value: String) {
        for name in ["no_proxy", "NO_PROXY"] {
            #expect(Self.findings(.mamba, [name: value]) == ["failed environment.exception"])
            #expect(Self.findings(.pixi, [name: value]) == ["failed environment.exception"])
            #expect(Self.findings(.conda, [name: value]) == ["warning environment.exception"])
        }
    }

    @Test(
        "Exceptions that are about others are told",
        arguments: [".corp", "ample.org", "127.0.0.1,10.0.0.1"]
    )
    func others(value: String) {
        #expect(Self.findings(.mamba, ["no_proxy": value]) == ["warning environment.exception"])
    }

    @Test("An alias by `https:` in a variable counts before the settings")
    func aliases() {
        let value = "https://conda.anaconda.org"
        #expect(Self.findings(.conda, ["CONDA_CHANNEL_ALIAS": value]) == ["failed environment.alias"])
        #expect(Self.findings(.mamba, ["MAMBA_CHANNEL_ALIAS": value]) == ["failed environment.alias"])
        #expect(
            Self.findings(.conda, ["CONDA_CHANNEL_ALIAS": "http://conda.anaconda.org"]) == ["ok environment"]
        )
    }
}
