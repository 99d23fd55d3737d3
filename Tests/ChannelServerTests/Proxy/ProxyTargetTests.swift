// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("What a proxy is asked for")
struct ProxyTargetTests {
    private static let hex = String(repeating: "0a", count: 32)

    private static func place() throws -> ProxyPlace {
        ProxyPlace(
            host: "127.0.0.1",
            port: 8085,
            hostNames: ["proxy.example.org"],
            names: ["lab": try ChannelURL("https://lab.example.org/x/lab")]
        )
    }

    private static func read(_ target: String, host: String? = "127.0.0.1:8085", login: ProxyLogin? = nil)
        throws
        -> String
    {
        switch try ProxyTarget(target, host: host, login: login, at: try place()) {
        case .file(let address): "\(address.channel.textWithCredentials) \(address.file.name)"
        case .own(let parts): "own " + parts.joined(separator: "/")
        }
    }

    @Test(
        "Whole URLs, paths of channels, and names are understood",
        arguments: [
            (
                "http://conda.example.org/a/linux-64/repodata.json",
                "http://conda.example.org/a linux-64/repodata.json"
            ),
            (
                "HTTP://Conda.Example.org:80/a/noarch/repodata.json.zst",
                "http://conda.example.org/a noarch/repodata.json.zst"
            ),
            (
                "http://conda.example.org:81/linux-64/current_repodata.json",
                "http://conda.example.org:81 linux-64/current_repodata.json"
            ),
            (
                "http://h/a/b/c/linux-64/repodata_shards.msgpack.zst",
                "http://h/a/b/c linux-64/repodata_shards.msgpack.zst"
            ),
            ("/c/https/h/a/linux-64/zlib-1!2.0-0.conda", "https://h/a linux-64/zlib-1!2.0-0.conda"),
            (
                "/c/https/h:444/a/linux-64/zlib-1%212.0-0.tar.bz2",
                "https://h:444/a linux-64/zlib-1!2.0-0.tar.bz2"
            ),
            (
                "/c/http/h/a/linux-64/shards/\(hex).msgpack.zst",
                "http://h/a linux-64/shards/\(hex).msgpack.zst"
            ),
            ("/c/http/h/a/linux-64/\(hex).msgpack.zst", "http://h/a linux-64/shards/\(hex).msgpack.zst"),
            ("/c/https/h/a/linux-64/a-1-0.conda.sigs.\(hex)", "https://h/a linux-64/a-1-0.conda.sigs.\(hex)"),
            ("/c/https/h/a/linux-64/a-1-0.conda.v0.sigs", "https://h/a linux-64/a-1-0.conda.v0.sigs"),
            ("/c/https/h/a/linux-64/run_exports.json.zst", "https://h/a linux-64/run_exports.json.zst"),
            ("/c/https/h/a/linux-64/repodata.json.bz2", "https://h/a linux-64/repodata.json.bz2"),
            ("/c/https/h/a/channeldata.json", "https://h/a channeldata.json"),
            ("/c/https/h/a/notices.json", "https://h/a notices.json"),
            ("/lab/linux-64/repodata.json", "https://lab.example.org/x/lab linux-64/repodata.json"),
            (
                "/t/TOKEN/lab/linux-64/repodata.json",
                "https://lab.example.org/t/TOKEN/x/lab linux-64/repodata.json"
            ),
            ("/t/TOKEN/c/https/h/a/linux-64/repodata.json", "https://h/t/TOKEN/a linux-64/repodata.json"),
            ("/c/https/h/t/TOKEN/a/linux-64/repodata.json", "https://h/t/TOKEN/a linux-64/repodata.json"),
            ("http://me:pass@h/a/linux-64/repodata.json", "http://me:pass@h/a linux-64/repodata.json"),
            (
                "http://127.0.0.1:8085/lab/linux-64/repodata.json",
                "https://lab.example.org/x/lab linux-64/repodata.json"
            ),
            ("http://localhost:8085/_kingsnake/status", "own status"), ("/_kingsnake/health", "own health"),
            ("http://127.0.0.1:9/a/linux-64/repodata.json", "http://127.0.0.1:9/a linux-64/repodata.json"),
        ]
    )
    func understood(target: String, expected: String) throws {
        #expect(try Self.read(target) == expected)
    }

    @Test(
        "Tricks with paths, and what is no file of a channel, are refused",
        arguments: [
            ("http://h/a/../linux-64/repodata.json", "proxy.path"),
            ("http://h/%2e%2e/linux-64/repodata.json", "proxy.path"),
            ("/c/https/h/a/%252e%252e/linux-64/repodata.json", "proxy.path"),
            ("/c/https/h/a%2flinux-64/repodata.json", "proxy.path"),
            ("/c/https/h/a\\linux-64/repodata.json", "proxy.path"),
            ("/c/https/h/a/linux-64/repodata.json%00", "proxy.path"),
            ("/c/https/h/a/linux-64/%ff", "proxy.path"),
            ("/c/https/h/a/linux-64/repodata.json?x=1", "proxy.path"),
            ("/c/https/h@evil/a/linux-64/repodata.json/../x", "proxy.path"),
            ("http:///a/linux-64/repodata.json", "proxy.path"),
            ("http://h:99999/a/linux-64/repodata.json", "proxy.path"),
            ("/c/https/h%20x/a/linux-64/repodata.json", "proxy.path"),
            ("/c/https/h%253a/a/linux-64/repodata.json", "proxy.path"),
            ("relative", "proxy.path"), ("*", "proxy.path"),
            ("//h/a/linux-64/repodata.json", "proxy.not-a-channel-file"),
            ("/c/https/h/a//linux-64/repodata.json", "proxy.not-a-channel-file"),
            ("/", "proxy.not-a-channel-file"),
            ("http://h", "proxy.not-a-channel-file"), ("http://h/a/linux-64/", "proxy.not-a-channel-file"),
            ("http://h/a/linux-64/secrets.txt", "proxy.not-a-channel-file"),
            ("http://h/a/LINUX-64/repodata.json", "proxy.not-a-channel-file"),
            ("http://h/a/linux-64/REPODATA.JSON", "proxy.not-a-channel-file"),
            ("http://h/a/linux-64/a.conda", "proxy.not-a-channel-file"),
            ("http://h/a/linux-64/a-1-0.zip", "proxy.not-a-channel-file"),
            ("http://h/a/linux-64/shards/xx.msgpack.zst", "proxy.not-a-channel-file"),
            ("/c/file/h/a/linux-64/repodata.json", "proxy.not-a-channel-file"),
            ("/c/https", "proxy.not-a-channel-file"),
            ("/other/linux-64/repodata.json", "proxy.not-a-channel-file"),
            ("/lab/x/linux-64/repodata.json", "proxy.not-a-channel-file"),
            ("/c/http/127.0.0.1:8085/c/https/h/a/linux-64/repodata.json", "proxy.loop"),
            ("/c/http/localhost:8085/lab/linux-64/repodata.json", "proxy.loop"),
            ("/c/http/PROXY.example.org:8085/lab/linux-64/repodata.json", "proxy.loop"),
        ]
    )
    func refused(target: String, code: String) {
        #expect(refusalCode { try Self.read(target) } == code, "\(target)")
    }

    @Test("A path counts only under an address or a name of the proxy’s own; in a whole URL its host counts")
    func hosts() throws {
        let path = "/c/https/h/a/linux-64/repodata.json"
        for host in ["127.0.0.1:8085", "localhost", "[::1]:8085", "192.0.2.1", "PROXY.example.org:8085"] {
            #expect(try Self.read(path, host: host) == "https://h/a linux-64/repodata.json")
        }
        for host in ["rebound.example.net", "127.0.0.1.example.net", nil] {
            #expect(refusalCode { try Self.read(path, host: host) } == "proxy.foreign-host")
        }
        let whole = "http://h/a/linux-64/repodata.json"
        #expect(try Self.read(whole, host: "rebound.example.net") == "http://h/a linux-64/repodata.json")
    }

    @Test("Users and passwords go into the channel’s address, and are in nothing that is shown")
    func logins() throws {
        let login = try ProxyLogin(field: "Basic \(Base64.text("me:p@ss/word"))")
        let text = try Self.read("/c/https/h/a/linux-64/repodata.json", login: login)
        #expect(text == "https://me:p%40ss%2Fword@h/a linux-64/repodata.json")
        #expect("\(String(describing: login))".contains("word") == false)
        #expect(
            ProxyTarget.shown(target: "http://me:word@h/t/TOKEN/a/linux-64/x?word")
                == "http://h/t/…/a/linux-64/x"
        )
        for host in ["me:word@h", "me%3aword%40h", "me:wo@rd@h"] {
            let path = "/c/https/\(host)/a/linux-64/repodata.json"
            for target in [path, "http://127.0.0.1:8085" + path] {
                #expect(refusalCode { try Self.read(target) } == "proxy.credentials")
                let shown = ProxyTarget.shown(target: target)
                #expect(shown.hasSuffix("/c/https/…@h/a/linux-64/repodata.json"), "\(shown)")
            }
        }
        for field in [
            "Digest x", "Bearer", "Bearer a b", "Bearer ü", "Basic", "Basic %%", "Basic \(Base64.text("me"))",
        ] {
            #expect(refusalCode { try ProxyLogin(field: field) } == "proxy.credentials")
        }
        #expect(refusalCode { try Self.read("http://%zz@h/a/linux-64/repodata.json") } == "proxy.credentials")
    }

    @Test(
        "A token of a field goes beside the channel’s address, in place of what the settings say, and is never shown"
    )
    func bearer() throws {
        let login = try #require(try ProxyLogin(field: "bearer hidden"))
        #expect(login.bearer?.secret == "hidden")
        var place = try Self.place()
        place.names["own"] = try ChannelURL("https://me:pass@lab.example.org/t/TOKEN/own")
        for (target, channel) in [
            ("/c/https/h/a/noarch/repodata.json", "https://h/a"),
            ("http://h/a/noarch/repodata.json", "http://h/a"),
            ("/own/noarch/repodata.json", "https://lab.example.org/own"),
            ("/t/OTHER/own/noarch/repodata.json", "https://lab.example.org/t/OTHER/own"),
        ] {
            let meant = try ProxyTarget(target, host: "127.0.0.1", login: login, at: place)
            guard case .file(let address) = meant else {
                Issue.record("\(target)")
                continue
            }
            #expect(address.bearer == login.bearer && address.channel.textWithCredentials == channel)
            #expect(!"\(address) \(login) \(String(reflecting: address))".contains("hidden"))
        }
        var dumped = ""
        dump(login, to: &dumped)
        #expect(!dumped.contains("hidden"))
        #expect(BearerToken("a b") == nil && BearerToken("") == nil)
        #expect(BearerToken(String(repeating: "a", count: BearerToken.maximumLength + 1)) == nil)
    }

    @Test("Of two tokens none is passed on, for the second one would be shown")
    func twoTokens() throws {
        for (target, code) in [
            // That is no channel's address.
            ("/c/https/h/t/one/t/two/a/noarch/repodata.json", "proxy.path"),
            ("http://h/t/one/t/two/a/noarch/repodata.json", "proxy.path"),
            ("/t/one/c/https/h/t/two/a/noarch/repodata.json", "proxy.credentials"),
        ] {
            #expect(refusalCode { try Self.read(target) } == code)
        }
        // Those of the settings make room for the client's.
        var place = try Self.place()
        place.names["own"] = try ChannelURL("https://me:pass@lab.example.org/t/settings/own")
        let target = "/t/client/own/noarch/repodata.json"
        let meant = try ProxyTarget(target, host: "127.0.0.1", login: nil, at: place)
        guard case .file(let address) = meant else { throw CancellationError() }
        #expect(address.channel.textWithCredentials == "https://lab.example.org/t/client/own")
    }

    @Test("The path that is made for a channel is understood as that channel, without its credentials")
    func pathsComeBack() throws {
        for url in [
            "https://h/a", "http://h:81/a/b", "https://me:pass@h/t/TOKEN/a", "https://h", "https://h/a%2Cb",
        ] {
            let channel = try ChannelURL(url)
            let path = try #require(ProxyAddress.path(of: channel))
            #expect(
                try Self.read(path + "/noarch/repodata.json") == "\(channel.identity) noarch/repodata.json"
            )
        }
        #expect(ProxyAddress.path(of: try ChannelURL("file:///a")) == nil)
    }
}
