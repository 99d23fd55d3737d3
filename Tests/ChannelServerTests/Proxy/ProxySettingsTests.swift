// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("Settings of a proxy")
struct ProxySettingsTests {
    private static func read(_ text: String) throws -> ProxySettings {
        let folder = try TemporaryFolder()
        return try ProxySettings(path: try folder.write(Array(text.utf8), to: "proxy.json"))
    }

    @Test("A file says where it listens, and what it passes on under which names")
    func file() throws {
        var settings = try Self.read(
            """
            {"schema": 1, "host": "0.0.0.0", "port": 8085, "host_names": ["Proxy.Example.org"], "any_channel": true,
             "max_cache_bytes": 1000, "freshness_seconds": 60, "cache": "/c", "limits": {"connections": 9}, "channels": [
               {"url": "https://h/a", "name": "lab", "mirrors": ["https://m/a"]}, {"url": "https://h/b"},
               {"url": "https://i/b", "compare": ["https://j/b", "https://k/b"], "agreeing": 1}, {"url": "https://h/t/TOKEN/d"}]}
            """
        )
        settings.nameChannels()
        #expect(
            settings.host == "0.0.0.0" && settings.port == 8085 && settings.hostNames == ["proxy.example.org"]
        )
        #expect(
            settings.acceptsAnyChannel && settings.maximumCacheBytes == 1000
                && settings.limits.connections == 9
        )
        #expect(settings.cache == "/c" && settings.freshnessSeconds == 60)
        #expect(settings.channels.map(\.mirrors.count) == [1, 0, 0, 0])
        #expect(settings.channels.map(\.compared.count) == [0, 0, 2, 0])
        #expect(settings.channels.map(\.agreeing) == [0, 0, 1, 0])
        #expect(
            settings.names.mapValues(\.identity) == [
                "lab": "https://h/a", "b": "https://h/b", "d": "https://h/d",
            ]
        )
    }

    @Test("A channel of the command line stands before the file’s, which counts for the rest")
    func commandLine() throws {
        var settings = try Self.read(
            """
            {"schema": 1, "channels": [{"url": "https://h/a", "name": "lab", "mirrors": ["https://m/a"],
             "compare": ["https://j/a"], "agreeing": 1}]}
            """
        )
        settings.put(try ProxiedChannel(parsing: "https://me:pass@h/a=https://n/a,https://o/a"))
        settings.put(try ProxiedChannel(parsing: "https://h/b"))
        settings.put(try ProxiedChannel(parsing: "https://h/a"))
        #expect(settings.channels.map(\.url.identity) == ["https://h/a", "https://h/b"])
        let first = try #require(settings.channels.first)
        #expect(first.url.textWithCredentials == "https://me:pass@h/a")
        #expect(settings.names["lab"]?.textWithCredentials == "https://me:pass@h/a")
        #expect(first.mirrors.map(\.identity) == ["https://n/a", "https://o/a"])
        #expect(first.compared.map(\.identity) == ["https://j/a"] && first.agreeing == 1)
    }

    @Test(
        "What is not understood is a failure that names the file",
        arguments: [
            "", "{}", #"{"schema": 2}"#, #"{"schema": 1, "chanels": []}"#, #"{"schema": 1, "port": 70000}"#,
            #"{"schema": 1, "freshness_seconds": 0}"#, #"{"schema": 1, "freshness_seconds": 86401}"#,
            #"{"schema": 1, "max_cache_bytes": -1}"#, #"{"schema": 1, "channels": [{"url": "h"}]}"#,
            #"{"schema": 1, "channels": [{"url": "https://h/a", "name": "c"}]}"#,
            #"{"schema": 1, "channels": [{"url": "https://h/a"}, {"url": "https://H/t/x/a"}]}"#,
            #"{"schema": 1, "channels": [{"url": "https://h/a", "name": ".x"}]}"#,
            #"{"schema": 1, "channels": [{"url": "https://h/a", "compare": ["https://i/a"], "agreeing": 2}]}"#,
            #"{"schema": 1, "channels": [{"url": "https://h/a", "name": "x"}, {"url": "https://h/b", "name": "x"}]}"#,
        ]
    )
    func wrong(text: String) {
        #expect(throws: Failure.self) { try Self.read(text) }
    }

    @Test("A channel of the command line may have mirrors")
    func channels() throws {
        let channel = try ProxiedChannel(parsing: "https://h/a=https://m/a,file:///b")
        #expect(
            channel.url.identity == "https://h/a"
                && channel.mirrors.map(\.identity) == ["https://m/a", "file:///b"]
        )
        #expect(try ProxiedChannel(parsing: "https://h/a").mirrors.isEmpty)
        #expect(refusalCode { try ProxiedChannel(parsing: "https://h/a=m") } == "name.channel-url")
    }
}
