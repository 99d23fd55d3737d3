// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import TestSupport
import Testing

/// A document with commands for a shell in it.
struct ShellDocument: CustomTestStringConvertible, Sendable {
    let path: String
    /// What stands between lines of ```` ```sh ```` and ```` ``` ````, all in one.
    let script: String
    /// Programs that are not here, so that blocks are left out which name them behind `sh`.
    let missing: Set<String>

    var testDescription: String { path }

    static let all: [ShellDocument] = {
        let folder = SharedData.checkout
        let pages = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/docs")) ?? []
        let paths = ["README.md"] + pages.filter { $0.hasSuffix(".md") }.sorted().map { "docs/" + $0 }
        return paths.compactMap { path in
            let text = (try? String(contentsOfFile: folder + "/" + path, encoding: .utf8)) ?? ""
            var blocks: [String] = []
            var missing: Set<String> = []
            for block in text.matches(of: /(?m)^```sh(?: (.*))?\n((?:.*\n)*?)```$/) {
                let absent = (block.1 ?? "").split(separator: " ").map(String.init).filter { !isPresent($0) }
                missing.formUnion(absent)
                if absent.isEmpty { blocks.append(String(block.2)) }
            }
            let script = blocks.joined(separator: "\n")
                .replacing("/usr/lib/softhsm/libsofthsm2.so", with: SoftHSM.module ?? "")
            return blocks.isEmpty ? nil : ShellDocument(path: path, script: script, missing: missing)
        }
    }()

    private static func isPresent(_ program: String) -> Bool {
        SystemProgram.isPresent(program) && (program != "softhsm2-util" || SoftHSM.isPresent)
    }
}

@Suite("Documents")
struct DocumentTests {
    @Test("The commands that a document shows work, in their order", arguments: ShellDocument.all)
    func commandsWork(_ document: ShellDocument) async throws {
        let world = try ChannelWorld()
        try world.write(PackageBuilder.hello())
        // The port in a document may be somebody's; and a server that a document starts must not outlive it.
        let script = document.script.replacing("8765", with: "\(try FreePort.take())")
        let end = "trap 'test -z \"${server:-}\" || kill \"$server\" 2>/dev/null || true' EXIT\n"
        let result = try await world.program.runScript("set -x\n" + end + script)
        #expect(result.status == 0, "\(result.transcript)")
    }

    @Test(
        "The commands for tokens and key services are among them",
        .enabled(if: CeremonyWorld.hasAllKinds && GnuPGHome.isPresent, "\(CeremonyWorld.absence), or gpg")
    )
    func nothingIsLeftOut() {
        #expect(ShellDocument.all.flatMap(\.missing).isEmpty)
        let script = ShellDocument.all.first { $0.path == "docs/operating.md" }?.script ?? ""
        for words in ["token make-key", "--key \"$token\"", "--key \"$service\"", "--gpg \"$gina\""] {
            #expect(script.contains(words), "\(words)")
        }
    }

    @Test("The README shows commands")
    func readmeHasCommands() { #expect(ShellDocument.all.first?.path == "README.md") }

    @Test("The exit statuses that the README names are the program's own")
    func readmeNamesStatuses() async throws {
        let readme = try String(contentsOfFile: SharedData.checkout + "/README.md", encoding: .utf8)
        let help = try await ChannelWorld().must("--help").output
        let words = { (text: String) in text.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
        let statuses =
            "0 good; 1 refused by policy; 2 usage; 3 evidence invalid (tampering suspected); "
            + "4 required evidence missing; 5 trust data expired or rolled back; 6 could not find out"
        #expect(words(readme).contains(statuses) && words(help).contains(statuses))
    }
}
