// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import TestSupport
import Testing
import TrustCore

@Suite("Help and completion")
struct HelpTests {
    /// A command's words, and the options it has.
    private struct Command {
        let words: [String]
        let options: [String]
    }

    @Test("The help of every command names every option that it has, and says what the command is for")
    func namesEveryOption() async throws {
        let world = try ChannelWorld()
        let commands = try await Self.commands(world)
        #expect(commands.count >= 15)
        for command in commands {
            let help = try await world.must(["help"] + command.words).output
            #expect(help.hasPrefix("OVERVIEW: "), "\(command.words)")
            for option in command.options {
                #expect(help.contains("--" + option), "\(command.words) does not explain --\(option)")
            }
        }
    }

    @Test("Every command takes --json and --quiet")
    func hasCommonOptions() async throws {
        let commands = try await Self.commands(try ChannelWorld())
        for command in commands
        where ![
            "", "trust", "trust publisher", "trust sigstore", "attest", "policy", "channel",
            "channel delegate", "channel publishers", "content-trust", "root", "token", "log", "server",
            "server publisher", "server user", "server key", "server channel", "server channel member",
            "server signing", "server maintainers", "server content-trust",
        ]
        .contains(command.words.joined(separator: " ")) {
            #expect(command.options.contains("json") && command.options.contains("quiet"), "\(command.words)")
        }
    }

    @Test(
        "Completion scripts are valid, where their shell is there to tell",
        arguments: ["bash", "zsh", "fish"]
    )
    func completes(shell: String) async throws {
        let world = try ChannelWorld()
        let script = try await world.must("--generate-completion-script", shell).output
        #expect(script.contains("kingsnake") && script.contains("install"))
        let paths = ["/usr/bin/", "/bin/", "/usr/local/bin/", "/opt/homebrew/bin/"].map { $0 + shell }
        guard let path = paths.first(where: FileManager.default.isExecutableFile(atPath:)) else { return }
        let file = try world.write(Array(script.utf8), to: "completion.\(shell)")
        let result = try await world.program.run(path, ["-n", file], killed: nil)
        #expect(result.status == 0, "\(result.transcript)")
    }

    /// All commands, from what the program says of itself.
    private static func commands(_ world: ChannelWorld) async throws -> [Command] {
        let dump = try await world.must("--experimental-dump-help").json()
        return try collect(#require(dump["command"]?.object), path: [], isRoot: true)
    }

    private static func collect(_ command: JSONObject, path: [String], isRoot: Bool) throws -> [Command] {
        let name = try #require(command["commandName"]?.string)
        let words = isRoot ? [] : path + [name]
        let options = (command["arguments"]?.array ?? []).filter { $0.object?["shouldDisplay"]?.bool == true }
            .flatMap { $0.object?["names"]?.array ?? [] }
            .filter { $0.object?["kind"]?.string == "long" }.compactMap { $0.object?["name"]?.string }
        let inner = try (command["subcommands"]?.array ?? []).compactMap(\.object)
            .filter { $0["commandName"]?.string != "help" }
            .flatMap { try collect($0, path: words, isRoot: false) }
        return [Command(words: words, options: options)] + inner
    }
}
