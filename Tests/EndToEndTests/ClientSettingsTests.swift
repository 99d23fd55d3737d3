// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import TestSupport
import Testing
import TrustCore

@Suite("kingsnake enable and disable")
struct ClientSettingsTests {
    private let folder: TemporaryFolder
    private let program: Program
    private static let mine =
        "channels:\n  - conda-forge # mine\nproxy_servers:\n  http: http://me:secret@p.example.org"

    init() throws {
        folder = try TemporaryFolder()
        program = Program(in: folder.path)
    }

    private func must(_ arguments: String...) async throws -> ProgramResult {
        let result = try await program.run(arguments)
        try result.demandSuccess(arguments.joined(separator: " "))
        return result
    }

    private func text(_ name: String) throws -> String {
        String(decoding: try folder.read(name), as: UTF8.self)
    }

    /// Everything in the home folder, by name.
    private func names() throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
    }

    @Test("What was enabled is listed, and disabling leaves nothing behind")
    func givesBack() async throws {
        try folder.write(Array(Self.mine.utf8), to: ".condarc")
        let before = try names()
        let enabled = try await must("enable", "--yes")
        #expect(enabled.output.contains("changed \(folder.path)/.condarc\n"))
        #expect(
            !enabled.output.contains("secret")
                && enabled.errors.contains("`https_proxy` of its own environment")
        )
        let text = try text(".condarc")
        #expect(text.hasPrefix("channels:\n  - conda-forge # mine\n#kingsnake: proxy_servers:\n"))
        #expect(try self.text(".condarc.before-kingsnake") == Self.mine)
        let again = try await must("enable", "--yes", "--client", "conda", "--json").json()
        #expect(again["files"]?.array?.first?.object?["changed"] == false)
        let disabled = try await must("disable")
        #expect(disabled.errors.contains("the file is as it was before, byte for byte"))
        #expect(try self.text(".condarc") == Self.mine && names() == before)
        #expect(try await must("disable").output == "nothing is enabled\n")
    }

    @Test("A link stays a link, and permissions stay")
    func keepsLink() async throws {
        let file = try folder.write(Array("a: 1\n".utf8), to: "dotfiles/condarc")
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: file)
        let link = folder.path + "/.condarc"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "dotfiles/condarc")
        for command in [["enable", "--yes", "--client", "conda"], ["disable"]] {
            try await program.run(command).demandSuccess("\(command)")
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "dotfiles/condarc")
            let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
            #expect(mode == 0o640)
        }
        #expect(try text(".condarc") == "a: 1\n")
    }

    @Test("Files and folders that were made go again", arguments: ["conda", "mamba", "pixi"])
    func removesMade(client: String) async throws {
        let before = try names()
        let json = try await must(
            "enable",
            "--yes",
            "--client",
            client,
            "--proxy",
            "http://localhost:9",
            "--json"
        ).json()
        let path = try #require(json["files"]?.array?.first?.object?["path"]?.string)
        #expect(try String(contentsOfFile: path, encoding: .utf8).contains("http://localhost:9"))
        _ = try await must("disable", "--client", client)
        #expect(try names() == before)
    }

    @Test("Of two clients that share a settings file one must be named")
    func sharedFile() async throws {
        try folder.write(Array(Self.mine.utf8), to: ".condarc")
        let link = folder.path + "/.mambarc"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: ".condarc")
        let before = try names()
        let both = try await program.run("enable", "--yes")
        #expect(both.status == 6 && both.errors.contains("--client"), "\(both.transcript)")
        #expect(try text(".condarc") == Self.mine && names() == before)
        _ = try await must("enable", "--yes", "--client", "conda")
        _ = try await must("disable")
        #expect(try text(".condarc") == Self.mine && names() == before)
    }

    @Test("A password of another settings file gets into no file that others may read")
    func keepsSecrets() async throws {
        let secret = "custom_channels:\n  lab: https://me:pass@lab.example.org\n"
        let other = try folder.write(Array(secret.utf8), to: "prefix/.condarc")
        var active = program
        active.environment["CONDA_PREFIX"] = folder.path + "/prefix"
        func enable() async throws -> ProgramResult {
            try await active.run("enable", "--yes", "--client", "conda", "--json")
        }
        func mode(_ path: String) throws -> Int? {
            try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        }
        let file = folder.path + "/.condarc"
        try await enable().demandSuccess("enable")
        #expect(try text(".condarc").contains("me:pass@") && mode(file) == 0o600)
        _ = try await must("disable")
        try folder.write(Array("a: 1\n".utf8), to: ".condarc")
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
        let before = try names()
        #expect(try await enable().refusalCode == "client.settings-secret")
        #expect(try text(".condarc") == "a: 1\n" && names() == before)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
        try await enable().demandSuccess("enable")
        #expect(try mode(file) == 0o600 && mode(file + ".before-kingsnake") == 0o600)
        #expect(try String(contentsOfFile: other, encoding: .utf8) == secret)
    }

    @Test("Of runs at the same time none is forgotten, so that all can be taken back")
    func atTheSameTime() async throws {
        let files = [".condarc": "a: 1\n", ".mambarc": "b: 1\n", ".pixi/config.toml": "c = 1\n"]
        for (name, text) in files { try folder.write(Array(text.utf8), to: name) }
        let before = try names()
        try await withThrowingTaskGroup(of: Void.self) { [program] group in
            for client in ["conda", "mamba", "pixi"] {
                group.addTask {
                    try await program.run("enable", "--yes", "--client", client).demandSuccess(client)
                }
            }
            try await group.waitForAll()
        }
        _ = try await must("disable")
        #expect(try names() == before)
        for (name, text) in files { #expect(try self.text(name) == text) }
    }

    @Test("Without a terminal and without --yes nothing is changed, nor with --dry-run")
    func asks() async throws {
        try folder.write(Array(Self.mine.utf8), to: ".condarc")
        let before = try names()
        let asked = try await program.run("enable")
        #expect(asked.status == 6 && asked.errors.contains("--yes"))
        let dry = try await must("enable", "--dry-run", "--json").json()
        #expect(dry["dry_run"] == true && dry["files"]?.array?.first?.object?["changed"] == true)
        #expect(try names() == before && text(".condarc") == Self.mine)
    }

    @Test("What somebody else added stays, and is told; what was changed in our lines ends it")
    func heedsOthers() async throws {
        try folder.write(Array("a: 1\n".utf8), to: ".condarc")
        _ = try await must("enable", "--yes", "--client", "conda")
        let enabled = try folder.read(".condarc")
        try folder.write(
            Array(String(decoding: enabled, as: UTF8.self).replacing("8642", with: "1").utf8),
            to: ".condarc"
        )
        let refused = try await program.run("disable", "--json")
        #expect(refused.refusalCode == "client.block-altered" && refused.status == 1)
        try folder.write(enabled + Array("b: 2\n".utf8), to: ".condarc")
        #expect(try await must("disable").errors.contains("only our lines are taken out"))
        #expect(try text(".condarc") == "a: 1\nb: 2\n")
    }

    @Test(
        "What cannot be done is refused with its code, and changes nothing",
        arguments: [
            ("a: &x 1\n", "http://127.0.0.1:1", "client.settings-anchors"),
            ("a: 1\n", "https://127.0.0.1:1", "client.proxy-address"),
        ]
    )
    func refuses(text: String, proxy: String, code: String) async throws {
        try folder.write(Array(text.utf8), to: ".condarc")
        let result = try await program.run("enable", "--yes", "--client", "conda", "--proxy", proxy, "--json")
        #expect(result.refusalCode == code)
        #expect(try self.text(".condarc") == text && names() == [".condarc"])
    }
}
