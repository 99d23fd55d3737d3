// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TestSupport
import TrustCore

/// The folders and files of the demo.
struct DemoWorld {
    /// The channel's canonical URL. Nothing answers there: everything comes from mirrors.
    static let url = "https://conda.example.org/demo"

    let folder: String
    let kingsnake: Program
    var channel: String { folder + "/channel" }
    var keys: String { folder + "/keys" }
    var oldChannel: String { folder + "/channel-before" }
    var passphrase: String { folder + "/passphrase.txt" }
    var rootCopy: String { folder + "/root-from-the-owner.json" }
    var lock: String { folder + "/hello.lock" }
    var prefix: String { folder + "/env-of-the-folder" }
    var firstPackages: [String] {
        ["linux-64/hello-1.0-0.conda", "noarch/greetings-1.0-0.conda"].map(package)
    }
    var laterPackages: [String] { ["linux-64/hello-1.1-0.conda", "noarch/world-2.0-0.tar.bz2"].map(package) }

    init(folder: String) throws {
        self.folder = folder
        kingsnake = Program(in: folder)
        try write(Array("correct horse battery staple\n".utf8), to: passphrase)
    }

    /// Makes the packages, with real archives, manifests and digests.
    func makePackages() throws {
        for version in ["1.0", "1.1"] {
            var hello = PackageBuilder(name: "hello", version: version, build: "0", subdir: "linux-64")
            hello.depends = ["greetings", "world"]
            hello.add(
                file: "bin/hello",
                "#!/bin/sh\n# hello \(version)\nread -r greeting < "
                    + "\(PackageBuilder.placeholder)/share/greeting.txt\n"
                    + "read -r world < \(PackageBuilder.placeholder)/share/world.txt\n"
                    + "echo \"$greeting, $world! This is hello \(version).\"\n",
                executable: true,
                placeholder: .text
            )
            try write(try hello.build(.conda), to: package("linux-64/hello-\(version)-0.conda"))
        }
        var greetings = PackageBuilder(name: "greetings", version: "1.0", build: "0", subdir: "noarch")
        greetings.noarch = .generic
        greetings.add(file: "share/greeting.txt", "Good morning\n")
        greetings.addLink("share/salute.txt", to: "greeting.txt")
        try write(try greetings.build(.conda), to: package("noarch/greetings-1.0-0.conda"))
        var world = PackageBuilder(name: "world", version: "2.0", build: "0", subdir: "noarch")
        world.noarch = .generic
        world.add(file: "share/world.txt", "verified world\n")
        try write(try world.build(.tarBz2), to: package("noarch/world-2.0-0.tar.bz2"))
    }

    /// Keeps a copy of the channel as it is now, and of its root, for mirrors that serve the past.
    func keepOldState() throws {
        try copy(channel, to: oldChannel)
        try copy(channel + "/tuf/1.root.json", to: rootCopy)
    }

    /// Writes an explicit lock of the newest packages, with their digests.
    func writeLock() throws {
        var lines = ["# made by the demo", "@EXPLICIT"]
        for path in [
            "linux-64/hello-1.1-0.conda", "noarch/greetings-1.0-0.conda", "noarch/world-2.0-0.tar.bz2",
        ] {
            let digest = Digest.of(try read(channel + "/" + path))
            lines.append("\(Self.url)/\(path)#sha256:\(digest.hex)")
        }
        try write(Array((lines.joined(separator: "\n") + "\n").utf8), to: lock)
    }

    /// A package of an attacker's.
    func package(_ name: String, _ version: String) throws -> (name: String, bytes: [UInt8]) {
        var package = PackageBuilder(name: name, version: version, build: "0", subdir: "noarch")
        package.noarch = .generic
        package.add(file: "share/\(name).txt", "gotcha \(version)\n")
        return (package.fileName(.conda), try package.build(.conda))
    }

    /// Runs what was installed into a prefix.
    func runInstalledProgram(in prefix: String) throws {
        print("$ \(prefix.replacing(folder + "/", with: ""))/bin/hello")
        let result = try Program(in: folder, name: prefix + "/bin/hello").runBlocking([])
        print("  \(result.output)")
        guard result.status == 0, result.output.contains("Good morning, verified world!") else {
            throw DemoError("the installed program did not do its work: \(result.errors)")
        }
    }

    /// Copies a file or a folder.
    func copy(_ source: String, to target: String) throws {
        try? FileManager.default.removeItem(atPath: target)
        let parent = URL(fileURLWithPath: target).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: source, toPath: target)
    }

    /// Removes a file or a folder, if it is there.
    func remove(_ path: String) throws {
        guard FileManager.default.fileExists(atPath: path) else { return }
        try FileManager.default.removeItem(atPath: path)
    }

    func read(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path))) }

    func write(_ bytes: [UInt8], to path: String) throws {
        let url = URL(fileURLWithPath: path)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try Data(bytes).write(to: url)
    }

    /// The path of one of the packages.
    func package(_ path: String) -> String { folder + "/packages/" + path }
}
