// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TestSupport
import Testing

/// A file of commands and everything they print, as somebody would see it on a terminal.
///
/// A line that begins with `$ ` is a command for the shell, run in a fresh folder with ``fixtures`` in
/// `packages/`.
/// Below it stands what it prints: standard output as it is, standard error behind `! `, and `= N` where the
/// exit status
/// is not 0. Lines that begin with `#` are for readers. What differs from run to run is masked, as in
/// `[digest]`.
///
/// With `KINGSNAKE_WRITE_TRANSCRIPTS` set, the files are written from what the program does now: look at the
/// difference.
struct Transcript: CustomTestStringConvertible, Sendable {
    let name: String
    let text: String

    static let folder = SharedData.checkout + "/Tests/Vectors/transcripts"
    static let isWriting = ProcessInfo.processInfo.environment["KINGSNAKE_WRITE_TRANSCRIPTS"] != nil

    var testDescription: String { name }

    /// Every transcript there is.
    static let all: [Transcript] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasSuffix(".txt") }.sorted().compactMap { name in
            (try? String(contentsOfFile: folder + "/" + name, encoding: .utf8)).map {
                Transcript(name: name, text: $0)
            }
        }
    }()

    /// Runs the commands, and answers the transcript with what they printed.
    func replayed() async throws -> String {
        let world = try ChannelWorld()
        for package in try Self.fixtures() { try world.write(package.bytes, to: "packages/" + package.name) }
        var result = ""
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("#") { result += line + "\n" }
            guard line.hasPrefix("$ ") else { continue }
            if result.last != nil, !result.hasSuffix("#\n") { result += "\n" }
            let run = try await world.program.runScript(String(line.dropFirst(2)))
            result += line + "\n" + Self.shown(run, in: world)
        }
        return result
    }

    func write(_ text: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: Self.folder + "/" + name))
    }

    private static func shown(_ run: ProgramResult, in world: ChannelWorld) -> String {
        var shown = ""
        for line in lines(world.masked(run.output)) { shown += line + "\n" }
        for line in lines(world.masked(run.errors)) { shown += "! " + line + "\n" }
        return run.status == 0 ? shown : shown + "= \(run.status)\n"
    }

    private static func lines(_ text: String) -> [Substring] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last == "" { lines.removeLast() }
        // A line that looks like a command or a comment would be taken for one.
        return lines
    }

    /// What is in `packages/`.
    private static func fixtures() throws -> [(name: String, bytes: [UInt8])] {
        var greetings = PackageBuilder(name: "greetings", version: "2.0", build: "0", subdir: "noarch")
        greetings.noarch = .generic
        greetings.add(file: "share/greetings.txt", "Good morning\n")
        var evil = PackageBuilder(name: "evil", version: "1.0", build: "0", subdir: "linux-64")
        evil.addUnchecked(path: "../../outside", "gotcha\n")
        // Clears the screen and says that all is well, if a terminal obeys it.
        var sly = PackageBuilder(name: "sly", version: "1.0", build: "0", subdir: "linux-64")
        sly.addUnchecked(path: "\u{1B}[2J\u{1B}[32mok\u{1B}[0m", "gotcha\n")
        var script = PackageBuilder(name: "scripted", version: "1.0", build: "0", subdir: "linux-64")
        script.add(
            file: "bin/.scripted-post-link.sh",
            "#!/bin/sh\necho ran > \"$PREFIX/ran\"\n",
            executable: true
        )
        let builders = [PackageBuilder.hello(), .hello("1.1"), greetings, evil, sly, script]
        return try builders.map { ($0.fileName(.conda), try $0.build(.conda)) }
            + [
                ("greetings-2.0-0.tar.bz2", try greetings.build(.tarBz2)),
                ("broken-1.0-0.conda", Array("PK\u{3}".utf8)),
            ]
    }
}
