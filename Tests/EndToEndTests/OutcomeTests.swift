// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TestSupport
import Testing
import TrustCore

@Suite("How commands end")
struct OutcomeTests {
    @Test("A repacked package is tampering: status 3, with a code that is explained and what to do")
    func repacked() async throws {
        let hello = PackageBuilder.hello()
        let world = try await ChannelWorld.pinned(with: [hello])
        var other = hello
        other.indexExtras["repacked"] = true
        let path = try world.write(other)
        let result = try await world.run("verify", path)
        #expect(result.status == 3, "\(result.transcript)")
        #expect(result.output.contains("hint: do not use the file"))
        #expect(
            result.output.contains(
                "code: index-digest.differs (run `kingsnake explain index-digest.differs`)"
            )
        )
        let finding = try Self.finding("index-digest", await world.run("verify", path, "--json"))
        #expect(finding["code"]?.string == "index-digest.differs" && finding["kind"]?.string == "invalid")
        #expect(finding["remedy"]?.string?.isEmpty == false)
        let rule = try await world.must("explain", "index-digest").output
        #expect(rule.contains("index-digest.differs\n") && rule.contains("index-digest.missing\n"))
        let json = try await world.must("explain", "index-digest", "--json").json()
        #expect(json["codes"]?.array?.count == 2)
    }

    @Test("A lock that demands another SHA-256 is tampering too, and a package that nobody lists is not")
    func lockDiffers() async throws {
        let hello = PackageBuilder.hello()
        let world = try await ChannelWorld.pinned(with: [hello])
        let wrong = "@EXPLICIT\n\(world.packageURL(hello))#sha256:\(String(repeating: "0", count: 64))\n"
        try world.write(Array(wrong.utf8), to: "lock.txt")
        let locked = try await world.run("install", "-p", "env", "--lock", "lock.txt")
        #expect(locked.status == 3 && locked.errors.contains("hint: "), "\(locked.transcript)")
        let unlisted = try await world.run("install", "-p", "env", world.packageURL(.hello("9")))
        #expect(unlisted.status == 1 && unlisted.errors.contains("code: in-index.unlisted"))
        #expect(!world.exists("env"))
    }

    @Test("A URL that is refused is explained with every finding, in text and as JSON")
    func explainsRefusals() async throws {
        let world = try await ChannelWorld.pinned(with: [.hello()])
        let url = world.packageURL(.hello("9"))
        for command in ["explain", "verify"] {
            let result = try await world.run(command, url)
            #expect(result.status == 1)
            for rule in [
                "signed-index", "signed-record", "in-index", "index-digest", "vouched-for", "lock-agrees",
            ] {
                #expect(result.output.contains("  \(rule): "), "\(result.transcript)")
            }
            // The rules about publishers have nothing to say, and one line tells why.
            #expect(result.output.contains("  publishers   nobody says who may publish this package"))
            let json = try await world.run(command, url, "--json").json()
            #expect(json["status"]?.string == "refused" && json["findings"]?.array?.count == 9)
        }
    }

    @Test("A lock without SHA-256 is warned about, and its rule is not said to be satisfied")
    func lockWithoutDigest() async throws {
        let hello = PackageBuilder.hello()
        let world = try await ChannelWorld.pinned(with: [hello])
        let url = world.packageURL(hello), md5 = Digest.of(try hello.build(.conda), by: .md5).hex
        for (number, line) in [url, url + "#" + md5].enumerated() {
            try world.write(Array("@EXPLICIT\n\(line)\n".utf8), to: "lock.txt")
            let result = try await world.must("install", "-p", "env\(number)", "--lock", "lock.txt", "--json")
            #expect(
                result.errors.hasPrefix(
                    "warning: the lock gives no SHA-256 for 1 package (hello-1.0-0.conda)"
                )
            )
            #expect(result.errors.contains("lock.missing-digest"))
            let verdict = try #require(result.json()["verdicts"]?.array?.first?.object)
            let rule = (verdict["findings"]?.array ?? []).compactMap(\.object).first {
                $0["rule"]?.string == "lock-agrees"
            }
            #expect(rule?["outcome"]?.string == "not-applicable")
        }
        let bound = "@EXPLICIT\n\(url)#sha256:\(Digest.of(try hello.build(.conda)).hex)\n"
        try world.write(Array(bound.utf8), to: "lock.txt")
        let result = try await world.must("install", "-p", "env2", "--lock", "lock.txt")
        #expect(result.errors.isEmpty)
    }

    @Test("`channel sign` without the keys that are due ends with 4, and never says that nothing is due")
    func signsNothing() async throws {
        let world = try ChannelWorld()
        try await world.must(
            "channel",
            "init",
            "channel",
            "--no-passphrase",
            "--subdir",
            "linux-64",
            "--timestamp-lifetime",
            "1s"
        )
        try FileManager.default.moveItem(atPath: world.path + "/channel.keys", toPath: world.path + "/away")
        for extra in [[], ["--all"]] {
            let result = try await world.program.run(["channel", "sign", "channel"] + extra)
            #expect(result.status == 4 && result.output == "nothing was signed\n", "\(result.transcript)")
            #expect(result.errors.contains("`timestamp`") && result.errors.contains("the online key"))
        }
        let json = try await world.run("channel", "sign", "channel", "--all", "--json")
        #expect(json.status == 4)
        #expect(try json.json()["status"]?.string == "incomplete")
        try await world.must("channel", "sign", "channel", "--keys", "away")
    }

    @Test("A post-link script that fails is told in spite of --quiet")
    func failedScript() async throws {
        var package = PackageBuilder(name: "scripted", version: "1.0", build: "0", subdir: "linux-64")
        package.add(file: "bin/.scripted-post-link.sh", "#!/bin/sh\nexit 7\n", executable: true)
        let world = try await ChannelWorld.pinned(with: [package])
        let result = try await world.must(
            "install",
            "-p",
            "env",
            world.packageURL(package),
            "--run-link-scripts",
            "--quiet"
        )
        #expect(
            result.errors.hasPrefix("warning: ") && result.errors.contains("status 7"),
            "\(result.transcript)"
        )
        #expect(!result.errors.contains("warning: warning"))
    }

    @Test("A dry run names what would be removed, and changes nothing")
    func dryRun() async throws {
        let old = PackageBuilder.hello(), new = PackageBuilder.hello("1.1")
        let world = try await ChannelWorld.pinned(with: [old, new])
        try await world.must("install", "-p", "env", world.packageURL(old))
        let result = try await world.must("install", "-p", "env", world.packageURL(new), "--dry-run")
        #expect(
            result.output.hasPrefix("would remove hello-1.0-0\nwould install hello-1.1-0\n"),
            "\(result.transcript)"
        )
        let json = try await world.must("install", "-p", "env", world.packageURL(new), "--dry-run", "--json")
            .json()
        #expect(json["removed"]?.array?.count == 1 && json["installed"]?.array?.count == 1)
        #expect(json["dry_run"]?.bool == true && world.exists("env/conda-meta/hello-1.0-0.json"))
    }

    @Test(
        "A result that cannot be written does not end with 0",
        .enabled(if: FileManager.default.fileExists(atPath: "/dev/full")),
        arguments: [
            "kingsnake explain --list", "kingsnake explain tuf.rollback --json", "kingsnake --help",
            "kingsnake channel list channel", "kingsnake --version", "kingsnake explain --markdown",
        ]
    )
    func lostOutput(_ command: String) async throws {
        let world = try await ChannelWorld.withChannel()
        let result = try await world.program.runScript(command + " > /dev/full")
        #expect(result.status == 6, "\(result.transcript)")
        #expect(result.errors.contains("could not write the result to standard output: No space left"))
        // A reader that has seen enough is no reason for words.
        let piped = try await world.program.runScript("\(command) | true")
        #expect(piped.errors.isEmpty && piped.status == 0)
    }

    @Test("The list of a channel leads to what `channel remove` takes")
    func lists() async throws {
        let world = try await ChannelWorld.pinned(with: [.hello(), .hello("1.1")])
        try await world.must("channel", "remove", "channel", "linux-64/hello-1.0-0.conda")
        let lines = try await world.must("channel", "list", "channel").output.split(separator: "\n")
        #expect(
            lines.count == 3 && lines[1].hasPrefix("linux-64/hello-1.0-0.conda")
                && lines[1].hasSuffix("removed")
        )
        let json = try await world.must("channel", "list", "channel", "--json").json()
        let packages = (json["packages"]?.array ?? []).compactMap(\.object)
        #expect(packages.map { $0["removed"]?.bool } == [true, false])
        #expect(packages[1]["name"]?.string == "hello" && packages[1]["version"]?.string == "1.1")
        #expect(packages[1]["sha256"]?.string == Digest.of(try PackageBuilder.hello("1.1").build(.conda)).hex)
        let unknown = try await world.run("channel", "remove", "channel", "linux-64/hello-7-0.conda")
        #expect(unknown.errors.contains("kingsnake channel list"))
    }

    private static func finding(_ rule: String, _ result: ProgramResult) throws -> JSONObject {
        let findings = (try result.json()["findings"]?.array ?? []).compactMap(\.object)
        return try #require(findings.first { $0["rule"]?.string == rule })
    }
}
