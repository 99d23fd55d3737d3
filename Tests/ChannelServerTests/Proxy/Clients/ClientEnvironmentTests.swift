// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("What one command of a client gets")
struct ClientEnvironmentTests {
    private func environment(
        _ client: ProxiedClient,
        _ arguments: [String] = [],
        _ existing: [String: String] = [:],
        files: [String: String] = [:]
    ) throws -> ClientEnvironment {
        try ClientSettings.environment(
            for: client,
            arguments: arguments,
            proxy: ClientProxy("http://127.0.0.1:7"),
            temporaryFolder: "/tmp/t",
            existing: existing.merging(["HOME": "/home/me", "TERM": "x"]) { $1 }
        ) { path in files[path].map { Array($0.utf8) } }
    }

    private func file(_ environment: ClientEnvironment) throws -> String {
        String(decoding: try #require(environment.files.first).bytes, as: UTF8.self)
    }

    @Test(
        "Every client asks the proxy for everything, whatever the user had set",
        arguments: ProxiedClient.allCases
    )
    func setsProxies(client: ProxiedClient) throws {
        let had = ["http_proxy": "http://a", "ALL_PROXY": "http://b", "no_proxy": "*", "NO_PROXY": "x"]
        let result = try environment(client, [], had)
        for name in ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"] {
            #expect(result.variables[name] == "http://127.0.0.1:7")
        }
        for name in ["ALL_PROXY", "all_proxy", "no_proxy", "NO_PROXY"] {
            #expect(result.variables[name] == nil)
        }
        #expect(result.variables["TERM"] == "x" && result.files.isEmpty == (client == .other))
    }

    @Test("A program is known by its name, in whatever folder")
    func knowsPrograms() {
        #expect(ProxiedClient(program: "/opt/conda/bin/conda") == .conda)
        #expect(ProxiedClient(program: "rattler-build") == .rattlerBuild)
        #expect(["other", "condax", "", "/"].allSatisfy { ProxiedClient(program: $0) == .other })
    }

    @Test("conda gets its user's channels by http, under the names that they have")
    func mapsChannelsOfConda() throws {
        let mine =
            "channels: [https://lab.example.org/a/b, conda-forge, https://conda.anaconda.org/bioconda]\n"
        let arguments = [
            "create", "-c", "https://other.example.org:8443/dev,x",
            "--channel=https://third.example.org/t/tk-1/c",
        ]
        let result = try environment(.conda, arguments, files: ["/home/me/.condarc": mine])
        #expect(result.variables["CONDARC"] == "/tmp/t/condarc" && result.files.map(\.name) == ["condarc"])
        let text = try file(result)
        for line in [
            #"channel_alias: "http://conda.anaconda.org""#, #"  - "https://conda.anaconda.org""#,
            #"  "a/b": "http://lab.example.org""#, #"  "a/b": "https://lab.example.org""#,
            #"  "dev": "http://other.example.org:8443""#, #"  "c": "https://third.example.org""#,
            #"  "pkgs/main": "http://repo.anaconda.com""#, #"  "https": "http://127.0.0.1:7""#,
        ] { #expect(text.contains(line + "\n"), "\(line)") }
        #expect(!text.contains("tk-1") && !text.contains("bioconda"))
        #expect(
            result.remarks.contains(
                "https://lab.example.org/a/b is listed as `a/b` meanwhile, and `-c a/b` means it"
            )
        )
    }

    @Test("A URL whose short name means another channel is not given that name")
    func refusesToTakeNames() throws {
        let urls = [
            "https://x.example.org/conda-forge", "https://x.example.org/mine", "https://y.example.org/mine",
            "https://x.example.org",
        ]
        let result = try environment(
            .conda,
            urls.flatMap { ["-c", $0] } + ["-c", "dev", "-c", "https://z.example.org/dev"]
        )
        let text = try file(result)
        #expect(text.contains(#"  "mine": "http://x.example.org""#))
        #expect(
            !text.contains("y.example.org") && !text.contains(#""conda-forge""#)
                && !text.contains("z.example.org")
        )
        #expect(result.remarks.filter { $0.contains("is refused meanwhile") }.count == 4)
    }

    @Test("The file that CONDARC names keeps what it says")
    func keepsNamedFile() throws {
        let files = ["/x/rc": "ssl_verify: /ca.pem\ndefault_channels: [https://n.example.org/m]\n"]
        let text = try file(try environment(.conda, [], ["CONDARC": "/x/rc"], files: files))
        #expect(
            text.hasPrefix("ssl_verify: /ca.pem\n#kingsnake: default_channels: [https://n.example.org/m]\n")
        )
        #expect(text.contains("default_channels:\n  - \"http://n.example.org/m\"\n"))
    }

    @Test("What cannot be mapped for one command is said")
    func saysWhatIsLeft() throws {
        let files = ["/home/me/.condarc": "default_channels: [https://n.example.org/m]\n"]
        let result = try environment(.conda, files: files)
        #expect(try !file(result).contains("default_channels"))
        #expect(result.remarks.contains { $0.hasPrefix("`default_channels`") })
    }

    @Test("mamba reads ours first, and then what it would have read; URLs it takes as they are")
    func mamba() throws {
        let files = [
            "/home/me/.condarc":
                "channels: [https://conda.anaconda.org/bioconda]\nproxy_servers: {https://a: http://b}\n",
            "/home/me/.mambarc": "channel_alias: https://q.example.org\n",
        ]
        let result = try environment(.micromamba, ["-c", "https://lab.example.org/a"], files: files)
        #expect(result.variables["MAMBARC"] == "/tmp/t/condarc,/home/me/.mambarc,/home/me/.condarc")
        let text = try file(result)
        #expect(text.contains(#"channel_alias: "http://q.example.org""#) && !text.contains("migrated"))
        #expect(text.contains(#"  "https://a": "http://127.0.0.1:7""#))
        #expect(
            result.remarks.contains(
                "https://lab.example.org/a is refused meanwhile: name it to micromamba as `http://lab.example.org/a`"
            )
        )
        let given = try environment(
            .mamba,
            [],
            ["CONDARC": "/x/rc"],
            files: files.merging(["/x/rc": ""]) { $1 }
        )
        #expect(given.variables["MAMBARC"] == "/tmp/t/condarc,/x/rc" && given.variables["CONDARC"] == nil)
    }

    @Test(
        "pixi and rattler-build get a mirror for every host that is known, and for longer URLs with mirrors of their own"
    )
    func rattler() throws {
        let mine = """
            default-channels = ["https://lab.example.org/a"]
            [mirrors]
            "https://conda.anaconda.org/conda-forge" = ["https://prefix.dev/conda-forge"]

            """
        let pixi = try environment(
            .pixi,
            ["-c", "http://plain.example.org/x"],
            files: ["/home/me/.pixi/config.toml": mine]
        )
        #expect(pixi.variables["PIXI_CONFIG_FILE"] == "/tmp/t/config.toml")
        let text = try file(pixi)
        for (url, path) in [
            ("https://conda.anaconda.org", "https/conda.anaconda.org"),
            ("https://lab.example.org", "https/lab.example.org"),
            ("http://plain.example.org", "http/plain.example.org"),
            ("https://conda.anaconda.org/conda-forge", "https/conda.anaconda.org/conda-forge"),
        ] { #expect(text.contains("\"\(url)\" = [\"http://127.0.0.1:7/c/\(path)\"]\n"), "\(url)") }
        #expect(
            text.contains("[proxy-config]\nhttp = \"http://127.0.0.1:7\"\nhttps = \"http://127.0.0.1:7\"\n")
        )
        let build = try environment(.rattlerBuild, files: ["/home/me/.config/rattler/config.toml": ""])
        #expect(build.arguments == ["--config-file", "/tmp/t/config.toml"])
        let xdg = try environment(
            .pixi,
            [],
            ["XDG_CONFIG_HOME": "/c"],
            files: ["/c/pixi/config.toml": "x = 1\n"]
        )
        #expect(try file(xdg).hasPrefix("x = 1\n"))
    }

    @Test("Only settings files of the user's own are changed; the one that counts most")
    func choosesFile() throws {
        let choose = { (client: ProxiedClient, environment: [String: String], files: [String]) in
            try ClientEnabling.change(
                of: client,
                to: .usual,
                environment: environment.merging(["HOME": "/h"]) { $1 },
                contents: { files.contains($0) ? [] : nil }
            )?.path
        }
        #expect(try choose(.conda, [:], ["/etc/conda/.condarc"]) == "/h/.condarc")
        #expect(
            try choose(.conda, [:], ["/h/.config/conda/condarc", "/h/.conda/.condarc"])
                == "/h/.conda/.condarc"
        )
        #expect(try choose(.conda, ["CONDARC": "/x/rc"], []) == "/x/rc")
        #expect(try choose(.mamba, [:], ["/h/.condarc"]) == "/h/.mambarc")
        #expect(try choose(.pixi, ["PIXI_HOME": "/p"], []) == "/p/config.toml")
        #expect(try choose(.pixi, [:], ["/h/.config/pixi/config.toml"]) == "/h/.config/pixi/config.toml")
        #expect(try choose(.other, [:], []) == nil)
    }
}
