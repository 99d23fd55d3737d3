// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("Refusals about settings of clients")
struct ClientSettingsCodeCoverageTests {
    static let provocations: [ClientSettingsCode: @Sendable () throws -> Void] = [
        .proxyAddress: { _ = try ClientProxy("http://proxy.example.org:8642") },
        .settingsSyntax: { try enable("channels: [a\n") },
        .settingsAnchors: { try enable("channels: &a [b]\n") },
        .settingsDuplicateKey: { try enable("channels: [a]\nchannels: [b]\n") },
        .settingsForm: { try enable("{channels: [a]}\n") },
        .settingsFlags: { try enable("channels: [a]  #!final\n") },
        .settingsLayered: {
            _ = try ClientSettings.environment(
                for: .pixi,
                proxy: .usual,
                temporaryFolder: "/tmp/x",
                existing: ["HOME": "/home/me"],
                contents: { $0.hasPrefix("/home/me") ? [] : nil }
            )
        },
        .settingsSecret: {
            let lines = ["channel_alias: https://a.example.org", "channel_alias: http://me:p@a.example.org"]
            let (before, after) = (Array(lines[0].utf8), Array(lines[1].utf8))
            try SettingsChange("f", after, after, nil, []).checkSecrets(permissions: 0o644)
            try SettingsChange("f", before, after, nil, []).checkSecrets(permissions: 0o600)
            try SettingsChange("f", nil, after, nil, []).checkSecrets(permissions: nil)
            try SettingsChange("f", before, after, nil, []).checkSecrets(permissions: 0o640)
        },
        .blockAltered: {
            let after = try #require(try SampleSettings.change(.conda, []).after)
            let text = String(decoding: after, as: UTF8.self).replacing("8642", with: "8643")
            _ = try ClientEnabling.reversal(of: "condarc", containing: Array(text.utf8))
        },
    ]

    private static func enable(_ text: String, _ client: ProxiedClient = .conda) throws {
        _ = try SampleSettings.change(client, Array(text.utf8))
    }

    @Test("Each code is provoked by an input", arguments: ClientSettingsCode.allCases)
    func isProvoked(code: ClientSettingsCode) throws {
        let provoke = try #require(Self.provocations[code])
        #expect(refusalCode(provoke) == code.rawValue)
        #expect(code.defects(in: "client.").isEmpty)
    }

    @Test(
        "What cannot be changed for certain is refused",
        arguments: [
            (ProxiedClient.conda, "- a\n", "client.settings-syntax"),
            (.conda, "channels: [a]\rssl_verify: true\n", "client.settings-syntax"),
            (.conda, "a: \u{FFFE}\n--- \nb: 1\n", "client.settings-syntax"),
            (.conda, "channels: [a]\n...\n", "client.settings-form"),
            (.conda, "? channel_alias\n: https://a.example.org\n", "client.settings-form"),
            (.conda, "channels: *a\n", "client.settings-anchors"),
            (.conda, "'channels': 1\nchannels: 2\n", "client.settings-duplicate-key"),
            (.conda, "channels: [a]  #!top\n\nproxy_servers: {http: a}\nb: 1\n", "client.settings-flags"),
            (.conda, "channel_alias: https://h  #!final\nb: 1\n", "client.settings-flags"),
            (.conda, "#kingsnake: a: 1\n", "client.block-altered"),
            (.pixi, "mirrors = {}\n", "client.settings-form"),
            (.pixi, "mirrors.\"https://a.example.org\" = []\n", "client.settings-form"),
            (.pixi, "[mirrors.more]\n", "client.settings-form"),
            (.pixi, "[[mirrors]]\n", "client.settings-form"),
            (.pixi, "[mirrors]\n[a]\n[\"mirrors\"]\n", "client.settings-duplicate-key"),
            (.pixi, "[mirrors\n", "client.settings-syntax"),
            (.pixi, "a = [1\n", "client.settings-syntax"),
            (.pixi, "a = \"\n", "client.settings-syntax"),
            (.pixi, "a = ]\n", "client.settings-syntax"),
            (.pixi, "a =\n", "client.settings-syntax"),
            (.pixi, "[\"mirr\\u006frs\"]\n", "client.settings-syntax"),
        ]
    )
    func isRefused(client: ProxiedClient, text: String, code: String) {
        #expect(refusalCode { try Self.enable(text, client) } == code)
    }

    @Test("Flags that keep their meaning are no reason to refuse")
    func takesHarmlessFlags() throws {
        try Self.enable("channels: [a]  #!final\nb: 1\nproxy_servers: {http: a}\n")
    }

    @Test(
        "Only an address on this machine is one",
        arguments: [
            "https://127.0.0.1:1", "http://127.0.0.1", "http://127.0.0.1:0", "http://127.0.0.1:65536",
            "http://127.0.0.1:1/x", "http://u@127.0.0.1:1", "http://127.0.0.1.example.org:1",
            "http://127.0.0.1:+1",
            "http://0.0.0.0:1", "127.0.0.1:1", "",
        ]
    )
    func refusesAddress(text: String) {
        #expect(refusalCode { try ClientProxy(text) } == "client.proxy-address")
    }

    @Test("Bytes that are no text are refused")
    func refusesBytes() {
        #expect(refusalCode { try SampleSettings.change(.conda, [0xFF, 0x0A]) } == "client.settings-syntax")
    }

    @Test("Lines that were put into our table of a TOML file are not moved to another one")
    func keepsTables() throws {
        let after = try #require(try SampleSettings.change(.pixi, []).after)
        let code = refusalCode {
            try ClientEnabling.reversal(of: "config.toml", containing: after + Array("a = 1\n".utf8))
        }
        #expect(code == "client.block-altered")
    }
}
