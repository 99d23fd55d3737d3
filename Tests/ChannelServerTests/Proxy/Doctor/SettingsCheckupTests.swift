// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Testing
import TrustCore

@testable import ChannelServer

@Suite("Looking at settings")
struct SettingsCheckupTests {
    private static let home = "/home/me"
    private static let proxy = ClientProxy.usual

    /// A disk of settings files, with a client enabled.
    struct Disk {
        var files: [String: String] = [:]
        var environment = ["HOME": SettingsCheckupTests.home]
        var enabled = EnabledClients()
        var project = SettingsCheckupTests.home

        init(_ client: ProxiedClient, _ before: [String: String] = [:], _ variables: [String: String] = [:])
            throws
        {
            files = before
            environment.merge(variables) { $1 }
            let read = files
            let change = try #require(
                try ClientEnabling.change(of: client, to: proxy, environment: environment) { path in
                    read[path].map { Array($0.utf8) }
                }
            )
            files[change.path] = change.after.map { String(decoding: $0, as: UTF8.self) }
            enabled.remember(
                .init(
                    client: client.rawValue,
                    path: change.path,
                    proxy: proxy.address,
                    original: change.original.map { Digest.of($0) },
                    copy: change.original == nil ? nil : change.path + EnabledClients.copyEnding,
                    folders: []
                )
            )
            if let copy = enabled.files[0].copy { files[copy] = before[change.path] }
        }

        func checks(of client: ProxiedClient) -> [DoctorCheck] {
            let files = files
            return SettingsCheckup(
                enabled,
                environment: environment,
                project: project,
                contents: { path in files[path].map { Array($0.utf8) } },
                names: { folder in
                    files.keys.filter { $0.hasPrefix(folder + "/") }.map {
                        String($0.dropFirst(folder.count + 1))
                    }
                }
            ).checks(of: client)
        }

        /// The names of the checks that are not good.
        func findings(of client: ProxiedClient) -> [String] {
            checks(of: client).filter { $0.outcome != .ok }.map { "\($0.outcome.rawValue) \($0.name)" }
        }
    }

    private static let condarc = home + "/.condarc"

    @Test("What was enabled is good, with and without settings of before", arguments: [true, false])
    func good(hasFile: Bool) throws {
        for client in [ProxiedClient.conda, .mamba] {
            let text = "channels:\n  - conda-forge\nproxy_servers:\n  http: http://p.example.org\n"
            let disk = try Disk(client, hasFile ? [Self.condarc: text] : [:])
            #expect(disk.findings(of: client).isEmpty, "\(disk.checks(of: client))")
        }
        let pixi = try Disk(.pixi, hasFile ? [Self.home + "/.pixi/config.toml": "a = 1\n"] : [:])
        #expect(pixi.findings(of: .pixi).isEmpty)
        #expect(try Disk(.mamba).findings(of: .micromamba).isEmpty)
    }

    @Test("Nothing enabled is said, with the command", arguments: [ProxiedClient.conda, .micromamba, .pixi])
    func nothing(client: ProxiedClient) throws {
        var disk = try Disk(.conda)
        disk.enabled = EnabledClients()
        #expect(disk.findings(of: client) == ["failed settings.enabled"])
        let owner = client == .micromamba ? "mamba" : client.rawValue
        #expect(disk.checks(of: client)[0].remedy == "run `kingsnake enable --client \(owner)`")
    }

    @Test("Lines that are gone, altered or out of date are found")
    func block() throws {
        let good = try Disk(.conda, [Self.condarc: "a: 1\n"])
        var disk = good
        disk.files[Self.condarc] = nil
        #expect(disk.findings(of: .conda) == ["failed settings.block"])
        disk.files[Self.condarc] = "a: 1\n"
        #expect(disk.findings(of: .conda) == ["failed settings.block"])
        disk.files[Self.condarc] = good.files[Self.condarc]?.replacing("8642", with: "1")
        #expect(disk.checks(of: .conda)[0].code == "client.block-altered")
        disk = good
        disk.files[Self.condarc]? += "channels:\n  - https://conda.example.org/lab\n"
        #expect(disk.findings(of: .conda) == ["failed settings.outdated"])
    }

    @Test("A file that counts more and names no proxy is found, wherever it is")
    func overridden() throws {
        var disk = try Disk(.conda, [:], ["CONDA_PREFIX": "/opt/env"])
        disk.files["/opt/env/.condarc"] = "channels:\n  - lab\n"
        #expect(disk.findings(of: .conda).isEmpty)
        for (path, text) in [
            ("/opt/env/.condarc", "proxy_servers:\n  http: http://p.example.org:3128\n"),
            ("/opt/env/condarc.d/x.yml", "proxy_servers: {}\n"),
        ] {
            var changed = disk
            changed.files[path] = text
            #expect(changed.findings(of: .conda).first == "failed settings.overridden", "\(path)")
        }
        // A user's own file of after, which would be the one that is changed.
        var other = try Disk(.conda, [Self.home + "/.conda/condarc": "a: 1\n"])
        other.files[Self.condarc] = "b: 1\n"
        #expect(other.findings(of: .conda) == ["failed settings.overridden"])
        var less = try Disk(.conda)
        less.files["/etc/conda/condarc"] = "proxy_servers:\n  ftp: http://p.example.org:3128\n"
        #expect(!less.findings(of: .conda).contains("failed settings.overridden"))
    }

    @Test("A project’s settings count more than pixi’s own")
    func project() throws {
        var disk = try Disk(.pixi)
        disk.project = "/work/project/src"
        disk.files["/work/project/.pixi/config.toml"] = "default-channels = [\"lab\"]\n"
        #expect(disk.findings(of: .pixi).isEmpty)
        disk.files["/work/project/.pixi/config.toml"] = "[mirrors]\n\"https://a\" = [\"https://b\"]\n"
        #expect(disk.findings(of: .pixi) == ["failed settings.overridden"])
        disk.project = "/"
        #expect(disk.findings(of: .pixi).isEmpty)
    }

    @Test("A key that a lesser file calls final is found")
    func final() throws {
        var disk = try Disk(.conda)
        disk.files["/etc/conda/.condarc"] = "channel_alias: http://conda.anaconda.org #!final\nx: 1\n"
        #expect(disk.findings(of: .conda).contains("failed settings.final"))
        disk.files["/etc/conda/.condarc"] = "channel_priority: strict #!final\nx: 1\n"
        #expect(!disk.findings(of: .conda).contains("failed settings.final"))
    }

    @Test(
        "What stays `https:` is told",
        arguments: [
            "channel_alias: https://conda.example.org\n",
            "custom_multichannels:\n  lab: [https://conda.example.org/lab]\n",
            "custom_channels:\n  lab: https://conda.example.org\n",
        ]
    )
    func https(text: String) throws {
        var disk = try Disk(.conda, [:], ["CONDA_PREFIX": "/opt/env"])
        disk.files["/opt/env/condarc.d/lab.yaml"] = text
        #expect(disk.findings(of: .conda).contains("warning settings.https"), "\(disk.checks(of: .conda))")
    }

    @Test("mamba with a variable that takes the place of its files is found")
    func replaced() throws {
        for name in ["MAMBARC", "CONDARC"] {
            var disk = try Disk(.mamba)
            disk.environment[name] = "/elsewhere/rc"
            #expect(disk.findings(of: .mamba).contains("failed settings.replaced"))
            let path = disk.enabled.files[0].path
            disk.environment[name] = "/elsewhere/rc,\(path)"
            #expect(!disk.findings(of: .mamba).contains("failed settings.replaced"))
        }
    }

    @Test("Copies that nobody knows of, and those that are gone, are told")
    func copies() throws {
        var disk = try Disk(.conda)
        disk.files[Self.condarc + EnabledClients.copyEnding] = "old: 1\n"
        #expect(disk.findings(of: .conda) == ["warning settings.copy"])
        var lost = try Disk(.conda, [Self.condarc: "a: 1\n"])
        lost.files[Self.condarc + EnabledClients.copyEnding] = nil
        #expect(lost.findings(of: .conda) == ["warning settings.copy"])
    }
}
