// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TestSupport
import Testing
import TrustCore

@Suite("Slips of the fingers")
struct MistakeTests {
    /// Arguments that are wrong by themselves, and what the message must name.
    private static let wrong: [(command: [String], names: String)] = [
        (["channel", "init", "", "--no-passphrase"], "the channel's folder"),
        (["channel", "status", ""], "the channel's folder"),
        (["channel", "init", "x", "--no-passphrase", "--keys", ""], "--keys"),
        (["channel", "verify", "channel", "--root", ""], "--root"),
        (["channel", "sign", "channel", "--keys", "nokeys"], "--keys"),
        (["channel", "add", "channel", "packages/hello-1.0-0.conda", "--keys", "nokeys"], "--keys"),
        (["install", "-p", "", "URL/linux-64/hello-1.0-0.conda"], "--prefix"),
        (["install", "-p", "env", "--lock", ""], "--lock"), (["audit", "-p", ""], "--prefix"),
        (["extract", "packages/hello-1.0-0.conda", "--to", ""], "--to"),
        (["trust", "list", "--home", ""], "--home"), (["trust", "list", "--cache", ""], "--cache"),
        (["trust", "add", "URL", "--root", ""], "--root"),
        (["trust", "add", "ftp://x", "--first-use"], "the channel"),
        (["verify", "packages/hello-1.0-0.conda", "--mirror", "nonsense"], "--mirror"),
        (["verify", "packages/hello-1.0-0.conda", "--mirror", "ftp://x"], "--mirror"),
        (["verify", "packages/hello-1.0-0.conda", "--channel", "ftp://x"], "--channel"),
        (["verify", "packages/hello-1.0-0.conda", "--channel", "file:///sp ace/ch"], "--channel"),
        (["verify", "https://h/c/linux-64/hello"], "the package"),
        (["explain", "https://h/c/linux-64/hello"], "the package"),
        (["install", "-p", "env", "https://h/c/hello-1.0-0.conda"], "a package to install"),
        (["install", "-p", "env", "https://h/c/linux-64/hello-1.0-0.conda#12"], "a package to install"),
    ]

    @Test("They are usage errors that name the argument, and nothing is made", arguments: wrong)
    func areUsageErrors(_ wrong: (command: [String], names: String)) async throws {
        let world = try await ChannelWorld.withChannel()
        try world.write(PackageBuilder.hello())
        let before = try FileManager.default.contentsOfDirectory(atPath: world.path).sorted()
        let result = try await world.program.run(wrong.command.map { $0.replacing("URL", with: world.url) })
        #expect(result.status == 2 && result.output.isEmpty, "\(result.transcript)")
        #expect(result.errors.hasPrefix("error: \(wrong.names)"), "\(result.errors)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: world.path).sorted() == before)
    }

    @Test("A password in a URL that is wrong is not shown")
    func hidesPasswords() async throws {
        let world = try ChannelWorld()
        let result = try await world.run("install", "-p", "env", "https://me:secret@h/c/hello-1.0-0.conda")
        #expect(result.status == 2 && !result.errors.contains("secret"), "\(result.transcript)")
    }

    @Test("A relative path where the current folder is gone is a failure, and means nothing below `/`")
    func goneFolder() async throws {
        let world = try ChannelWorld()
        let result = try await world.program.runScript(
            "mkdir gone && cd gone && rmdir ../gone && kingsnake channel status kingsnake-channel"
        )
        #expect(result.status == 6, "\(result.transcript)")
        #expect(result.errors.contains("could not tell the current folder"))
    }

    @Test("The current folder, empty, becomes a prefix and stays the same folder")
    func keepsCurrentFolder() async throws {
        let hello = PackageBuilder.hello()
        let world = try await ChannelWorld.pinned(with: [hello])
        let result = try await world.program.runScript(
            """
            mkdir env && cd env && before=$(ls -di .)
            kingsnake install --prefix . '\(world.packageURL(hello))'
            test "$(ls -di .)" = "$before" && test -f conda-meta/hello-1.0-0.json && bin/hello
            cd .. && test "${before% .}" = "$(ls -di env | sed 's/ env//')" && test ! -e env/.kingsnake
            """
        )
        #expect(result.status == 0 && result.output.hasSuffix("hello 1.0\n"), "\(result.transcript)")
    }

    @Test("One URL twice is installed once, and what each demands of it holds")
    func sameURLTwice() async throws {
        let hello = PackageBuilder.hello()
        let world = try await ChannelWorld.pinned(with: [hello])
        let url = world.packageURL(hello), digest = Digest.of(try hello.build(.conda)).hex
        try await world.must("install", "-p", "env", url, url, url + "#sha256:" + digest)
        let wrong = String(repeating: "0", count: 64)
        let result = try await world.run("install", "-p", "other", url, url + "#sha256:" + wrong)
        #expect(result.status == 3 && result.errors.contains("lock-agrees.differs"), "\(result.transcript)")
    }

    @Test(
        "A passphrase file that is a folder, or empty, is said to be",
        arguments: [
            ("folder", "it is a folder"), ("empty", "first line is empty"), ("blank", "first line is empty"),
        ]
    )
    func passphraseFiles(_ name: String, _ message: String) async throws {
        let world = try ChannelWorld()
        try world.write([], to: "folder/file")
        try world.write([], to: "empty")
        try world.write(Array("\nsecret\n".utf8), to: "blank")
        let result = try await world.run("channel", "init", "channel", "--passphrase-file", name)
        #expect(result.status == 6 && result.errors.contains(message), "\(result.transcript)")
        #expect(!result.errors.contains("NSCocoa"))
    }
}
