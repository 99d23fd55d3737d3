// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

/// Settings files as people have them.
enum SampleSettings {
    static let conda: [(name: String, text: String)] = [
        ("empty", ""), ("one empty line", "\n"), ("only a comment", "# nothing yet"),
        ("channels", "channels:\n  - conda-forge\n  - bioconda\nchannel_priority: strict\n"),
        ("no last line end", "channels:\n- conda-forge\n- defaults"),
        (
            "CRLF",
            "channels:\r\n  - conda-forge\r\nproxy_servers:\r\n  http: http://proxy.example.org:3128\r\n"
        ),
        (
            "CRLF, no last line end",
            "channel_alias: https://mirror.example.org/conda\r\nauto_update_conda: false"
        ),
        ("byte order mark", "\u{FEFF}channel_alias: https://mirror.example.org\nshow_channel_urls: true\n"),
        ("document begins", "---\n# mine\nchannels: [conda-forge]  # flow\nssl_verify: true\n"),
        (
            "tabs",
            "channels:\t# tab\n  - conda-forge\t# another\nproxy_servers:\n  http:\thttp://p.example.org\n"
        ),
        (
            "keys of ours with comments",
            "# top\nproxy_servers:   # work\n  http: http://u:p@proxy.example.org:3128\n\n  # inside\n"
                + "  https: http://proxy.example.org:3128\n\n# about aliases\nchannel_alias: 'https://art.example.org/conda'\n"
                + "\n\n# the end"
        ),
        ("quoted key", "\"channel_alias\" : https://art.example.org\nssl_verify: /etc/ssl/ca.pem\n"),
        (
            "flow over lines",
            "custom_channels: {\n  lab: https://lab.example.org,\n  'a/b': http://old.example.org\n}\nchannels: [lab]\n"
        ),
        (
            "elements at the left end",
            "default_channels:\n- https://nexus.example.org/repository/main\n- https://nexus.example.org/repository/r\npip_interop_enabled: yes\n"
        ),
        (
            "groups",
            "custom_multichannels:\n  all:\n    - https://lab.example.org/one\n    - conda-forge\n  none: []\nchannels:\n  - all\n  - https://lab.example.org/two\n"
        ),
        ("text over lines at the end", "channels: [a]\nconda_build:\n  note: |\n    one\n    two\n\n"),
        (
            "text that looks like a key",
            "report: |\n  channel_alias: x\n  proxy_servers: y\nchannels:\n  - a\n"
        ),
    ]

    static let pixi: [(name: String, text: String)] = [
        ("empty", ""), ("a comment", "# mine"),
        ("channels", "default-channels = [\"conda-forge\", \"https://lab.example.org/a\"]\n"),
        (
            "mirrors",
            "change-ps1 = true\n\n# mirrors\n[mirrors]\n\"https://conda.anaconda.org/conda-forge\" = [\n  \"https://prefix.dev/conda-forge\", # fast\n]\n\n# tables\n[repodata-config]\ndisable-zstd = true\n"
        ),
        (
            "CRLF",
            "default-channels = ['conda-forge']\r\n[proxy-config]\r\nhttp = \"http://p.example.org\"\r\n[mirrors]\r\n"
        ),
        ("no last line end", "[shell]\nchange-ps1 = false"),
        ("byte order mark", "\u{FEFF}[mirrors]\n'https://a.example.org' = ['https://b.example.org']\n"),
        (
            "text over lines",
            "note = \"\"\"\n[mirrors]\nx = 1 \\\"\\\"\\\" \"\"\"\"\nliteral = '''\n[proxy-config]'''\n[mirrors] # here\n"
        ),
        (
            "tabs",
            "\t[mirrors]\t\n\t\"https://a.example.org/x\"\t=\t[ ]\n[[others]]\n\tkey.with.dots = { a = \"]\", b = [1, 2] }\n"
        ),
        ("old spelling", "[proxy_config]\nhttps = \"http://p.example.org\"\n"),
    ]

    static let proxy = ClientProxy.usual

    /// The change of a file, alone in the world.
    static func change(
        _ client: ProxiedClient,
        _ bytes: [UInt8]?,
        to proxy: ClientProxy = Self.proxy
    ) throws -> SettingsChange {
        let environment = ["HOME": "/home/me"]
        let path = client == .pixi ? "/home/me/.pixi/config.toml" : "/home/me/.condarc"
        let change = try ClientEnabling.change(of: client, to: proxy, environment: environment) { asked in
            asked == path ? bytes : nil
        }
        return try #require(change)
    }
}

@Suite("Settings files of clients, changed and given back")
struct SettingsFilesTests {
    static let cases =
        SampleSettings.conda.map { (ProxiedClient.conda, $0.name, $0.text) }
        + SampleSettings.pixi.map { (ProxiedClient.pixi, $0.name, $0.text) }

    @Test("What was enabled and disabled is as before, byte for byte", arguments: cases)
    func givesBack(client: ProxiedClient, name: String, text: String) throws {
        let bytes = Array(text.utf8)
        let enabled = try SampleSettings.change(client, bytes)
        let after = try #require(enabled.after)
        #expect(enabled.isChange && enabled.original == bytes, "\(name)")
        let back = try ClientEnabling.reversal(of: enabled.path, containing: after)
        #expect(back.after == bytes, "\(name)")
    }

    @Test(
        "Enabling twice is enabling once, and another address takes the place of the first",
        arguments: cases
    )
    func isIdempotent(client: ProxiedClient, name: String, text: String) throws {
        let once = try SampleSettings.change(client, Array(text.utf8)).after
        #expect(try SampleSettings.change(client, once).after == once, "\(name)")
        let other = try ClientProxy("http://localhost:9")
        let direct = try SampleSettings.change(client, Array(text.utf8), to: other)
        let again = try SampleSettings.change(client, once, to: other)
        #expect(again.after == direct.after && again.original == Array(text.utf8), "\(name)")
    }

    @Test("Lines that others add before and after ours stay", arguments: cases)
    func keepsOthersLines(client: ProxiedClient, name: String, text: String) throws {
        let after = try #require(try SampleSettings.change(client, Array(text.utf8)).after)
        let more = Array((client == .pixi ? "[added]\nx = 1\n" : "added: 1\n").utf8)
        let back = try ClientEnabling.reversal(
            of: client == .pixi ? "config.toml" : "condarc",
            containing: after + more
        )
        var expected = Array(text.utf8)
        // The line end that the block needed is needed by the added lines.
        if let last = expected.last, last != 0x0A {
            expected += text.contains("\r\n") ? [0x0D, 0x0A] : [0x0A]
        }
        #expect(back.after == expected + more, "\(name)")
    }

    @Test("Every other key says what it said, and ours lead to the proxy", arguments: SampleSettings.conda)
    func keepsOtherKeys(name: String, text: String) throws {
        let after = try #require(try SampleSettings.change(.conda, Array(text.utf8)).after)
        let new = try members(after)
        let ours = [
            "channel_alias", "default_channels", "custom_channels", "custom_multichannels", "proxy_servers",
        ]
        let isOurs = { (key: String) in ours.contains(key) || key.hasPrefix("migrated_") }
        let old = try text.contains(":") ? members(Array(text.utf8)) : [:]
        #expect(old.filter { !isOurs($0.key) } == new.filter { !isOurs($0.key) }, "\(name)")
        #expect(new["proxy_servers"]?.contains("http://127.0.0.1:8642") == true)
        #expect(new["channel_alias"]?.contains("http://") == true)
        #expect(ours.allSatisfy { new[$0]?.contains("https://") != true }, "\(name): \(new)")
        #expect(new.keys.contains("ssl_verify") == old.keys.contains("ssl_verify"))
    }

    private func members(_ bytes: [UInt8]) throws -> [String: String] {
        let text = String(decoding: bytes, as: UTF8.self).replacing("\u{FEFF}", with: "")
        guard case .mapping(let members) = try YAMLReader.read(text).content else { return [:] }
        return Dictionary(uniqueKeysWithValues: members.map { ($0.key, shape($0.value)) })
    }

    private func shape(_ node: YAMLNode) -> String {
        switch node.content {
        case .scalar(let text, _): "<\(text)>"
        case .sequence(let nodes): "[\(nodes.map(shape))]"
        case .mapping(let members): "{\(members.map { "\($0.key)=\(shape($0.value))" })}"
        }
    }

    @Test("A file that was made is removed, unless somebody added to it")
    func removesMadeFile() throws {
        for client in [ProxiedClient.conda, .mamba, .pixi] {
            let made = try SampleSettings.change(client, nil)
            let after = try #require(made.after)
            #expect(made.before == nil && made.original == nil)
            #expect(try ClientEnabling.reversal(of: made.path, containing: after).after == nil)
            let more = Array((client == .pixi ? "[a]\n" : "a: 1\n").utf8)
            #expect(try ClientEnabling.reversal(of: made.path, containing: after + more).after == more)
        }
    }

    @Test("What is changed is shown line by line, without passwords and tokens")
    func showsDifference() throws {
        let text =
            "channels: [a]\nproxy_servers:\n  http: http://me:secret@proxy.example.org\nchannel_alias: https://x.example.org/t/abc-123/y\n"
        let lines = try SampleSettings.change(.conda, Array(text.utf8)).difference
        #expect(lines.contains("-  http: http://***@proxy.example.org"))
        #expect(lines.contains("+#kingsnake:   http: http://***@proxy.example.org"))
        #expect(lines.contains("-channel_alias: https://x.example.org/t/***/y"))
        #expect(
            !lines.contains {
                $0.contains("secret") || $0.contains("abc-123") || $0.contains("channels: [a]")
            }
        )
    }
}
