// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TestSupport
import Testing
import TrustCore

@testable import Installer

@Suite("Linking packages into a prefix")
struct PrefixTransactionTests {
    private let folder: TemporaryFolder
    private let prefix: String

    init() throws {
        folder = try TemporaryFolder()
        prefix = folder.path + "/env"
    }

    @discardableResult
    private func install(
        _ packages: [FakePackage],
        removing: [String] = [],
        options: LinkOptions = .test
    ) throws -> InstallResult {
        let requests = try packages.map { try $0.request(in: folder, specs: ["\($0.name) >=1"]) }
        return try PrefixTransaction(prefix: prefix).install(requests, removing: removing, options: options)
    }

    private func text(_ path: String) throws -> String {
        String(decoding: try folder.read("env/\(path)"), as: UTF8.self)
    }

    private func attributes(_ path: String) throws -> [FileAttributeKey: Any] {
        try FileManager.default.attributesOfItem(atPath: "\(prefix)/\(path)")
    }

    private func files() throws -> [String] {
        (FileManager.default.enumerator(atPath: prefix)?.compactMap { $0 as? String } ?? []).sorted()
    }

    private var text: PathEntry.Placeholder { .init(text: FakePackage.placeholder, mode: .text) }

    @Test("Of two that make one prefix at once, the second is told that there is one now")
    func losesRace() throws {
        let first = try NewPrefix(prefix), second = try NewPrefix(prefix)
        try first.publish()
        let failure = #expect(throws: Failure.self) { try second.publish() }
        #expect(failure?.message == "another process made the prefix meanwhile" && failure?.remedy != nil)
        #expect(failure?.location == prefix)
        second.discard()
        try first.dissolve()
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["env"])
    }

    @Test("What a dry run foretells is what is done then")
    func foretells() throws {
        try install([FakePackage(contents: ["a": .file("1")])])
        let newer = FakePackage(version: "2.0", contents: ["a": .file("2"), "b": .file("2")])
        let request = try newer.request(in: folder)
        let preview = try PrefixTransaction(prefix: prefix).prepare([request], options: .test).preview
        #expect(preview.removed.map(\.version) == ["1.0"] && preview.installed.map(\.fileCount) == [2])
        #expect(try text("a") == "1")
        let result = try install([newer])
        #expect(result.removed.map(\.version) == preview.removed.map(\.version))
        #expect(result.installed.map(\.fileCount) == preview.installed.map(\.fileCount))
    }

    @Test("A new prefix has the files, links, modes and records of its packages, and nothing else")
    func makesNewPrefix() throws {
        let result = try install([
            FakePackage(contents: [
                "bin/run": .file("#!\(FakePackage.placeholder)/bin/sh\n", mode: 0o755, placeholder: text),
                "lib/plain": .file("plain", mode: 0o444), "lib/own": .file("own", mode: 0o640, noLink: true),
                "lib/link": .link("plain"), "share/empty": .folder,
            ])
        ])
        #expect(
            try files() == [
                "bin", "bin/run", "conda-meta", "conda-meta/history", "conda-meta/pkg-1.0-0.json", "lib",
                "lib/link",
                "lib/own", "lib/plain", "share", "share/empty",
            ]
        )
        #expect(try text("bin/run") == "#!\(prefix)/bin/sh\n")
        #expect(try attributes("bin/run")[.posixPermissions] as? Int == 0o755)
        #expect(try attributes("lib/plain")[.referenceCount] as? Int == 2)
        #expect(try attributes("lib/own")[.referenceCount] as? Int == 1)
        #expect(try attributes("lib/own")[.posixPermissions] as? Int == 0o640)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: prefix + "/lib/link") == "plain")
        #expect(result.installed.map(\.fileCount) == [5] && result.removed.isEmpty)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["cache", "env"]
        )
    }

    @Test("The record says what was installed, from where, and with which digests")
    func writesRecord() throws {
        var request = try FakePackage(contents: [
            "bin/run": .file("\(FakePackage.placeholder)", placeholder: text),
            "lib/link": .link("../bin/run"),
        ]).request(in: folder, specs: ["pkg >=1"])
        request.url = "https://user:secret@conda.example.org/t/token/main/linux-64/pkg-1.0-0.conda?sig=1"
        request.channel = "https://conda.example.org/t/token/main"
        request.record["paths_data"] = "forged"
        _ = try PrefixTransaction(prefix: prefix).install([request], options: .test)
        let record = try PrefixRecord.read(
            try folder.read("env/conda-meta/pkg-1.0-0.json"),
            named: "pkg-1.0-0.json"
        )
        #expect(record.url == "https://conda.example.org/main/linux-64/pkg-1.0-0.conda")
        #expect(record.channel == "https://conda.example.org/main")
        #expect(record.requestedSpecs == ["pkg >=1"] && record.fileName == "pkg-1.0-0.conda")
        #expect(record.sha256 == request.extracted.sha256 && record.size == 100)
        #expect(record.entries.map(\.path.text) == ["bin/run", "lib/link"])
        #expect(record.entries[0].sha256InPrefix == Digest.of(Array(prefix.utf8)))
        #expect(record.entries[1].sha256InPrefix == Digest.of(Array("../bin/run".utf8)))
        #expect(record.object["files"] == ["bin/run", "lib/link"])
        #expect(
            try text("conda-meta/history") == """
                ==> 2023-11-14 22:13:20 <==
                # cmd: kingsnake install
                +https://conda.example.org/main/linux-64::pkg-1.0-0
                # update specs: ["pkg >=1"]

                """
        )
    }

    @Test("A noarch Python package goes to the site-packages of the Python it comes with")
    func linksNoarchPython() throws {
        let module = FakePackage(
            name: "mod",
            noarch: "python",
            entryPoints: ["mod = mod.cli:App.main"],
            contents: [
                "site-packages/mod/cli.py": .file("x"), "python-scripts/tool": .file("y"),
                "etc/mod": .file("z"),
            ]
        )
        try install([FakePackage(name: "python", version: "3.12.1"), module])
        #expect(try text("lib/python3.12/site-packages/mod/cli.py") == "x")
        #expect(try text("bin/tool") == "y" && text("etc/mod") == "z")
        let program = try text("bin/mod")
        #expect(
            program.hasPrefix("#!\(prefix)/bin/python3.12\n# -*- coding: utf-8 -*-\nimport re\nimport sys\n")
        )
        #expect(
            program.contains("\nfrom mod.cli import App\n") && program.hasSuffix("\tsys.exit(App.main())\n")
        )
        #expect(try attributes("bin/mod")[.posixPermissions] as? Int == 0o755)

        let other = FakePackage(name: "two", noarch: "python", contents: ["site-packages/two.py": .file("2")])
        try install([other])
        #expect(try text("lib/python3.12/site-packages/two.py") == "2")
    }

    @Test("The Python package says where its site-packages are")
    func honoursSitePackagesPath() throws {
        let module = FakePackage(name: "mod", noarch: "python", contents: ["site-packages/m.py": .file("x")])
        let python = FakePackage(
            name: "python",
            version: "3.13.0",
            sitePackages: "lib/python3.13t/site-packages"
        )
        try install([module, python])
        #expect(try text("lib/python3.13t/site-packages/m.py") == "x")
    }

    @Test("Another version replaces a package, and what only the old one had goes")
    func replacesPackage() throws {
        try install([
            FakePackage(contents: [
                "a": .file("old"), "gone/deep/b": .file("b"), "m.py": .file("1"), "turns": .file("file"),
                "dir/x": .file("x"),
            ])
        ])
        try folder.write([1], to: "env/mine")
        try folder.write([1], to: "env/__pycache__/m.cpython-312.pyc")
        let result = try install([
            FakePackage(
                version: "2.0",
                contents: [
                    "a": .file("new"), "m.py": .file("2"), "turns/into": .file("folder"), "dir": .link("a"),
                ]
            )
        ])
        #expect(
            try files() == [
                "a", "conda-meta", "conda-meta/history", "conda-meta/pkg-2.0-0.json", "dir", "m.py", "mine",
                "turns",
                "turns/into",
            ]
        )
        #expect(try text("a") == "new")
        #expect(result.removed.map(\.version) == ["1.0"])
        #expect(
            try text("conda-meta/history").contains("-https://conda.example.org/main/linux-64::pkg-1.0-0\n+")
        )
    }

    @Test("A package can be removed, and leaves what others have")
    func removesPackage() throws {
        try install([
            FakePackage(contents: ["a/b": .file("1")]),
            FakePackage(name: "two", contents: ["a/c": .file("2")]),
        ])
        try install([], removing: ["pkg"])
        #expect(try files() == ["a", "a/c", "conda-meta", "conda-meta/history", "conda-meta/two-1.0-0.json"])
    }

    @Test("Link scripts are reported, and run only if asked")
    func reportsScripts() throws {
        let script =
            "#!/bin/sh\nprintf '%s' \"$PKG_NAME $PKG_VERSION $PKG_BUILDNUM $PREFIX\" > \"$PREFIX/ran\"\n"
        let package = FakePackage(contents: [
            "bin/.pkg-post-link.sh": .file(script, mode: 0o755), "bin/.pkg-pre-link.sh": .file("exit 1"),
            "bin/.pkg-pre-unlink.sh": .file("exit 3"),
        ])
        let result = try install([package])
        #expect(result.scripts.map(\.moment) == [.preLink, .postLink, .preUnlink])
        #expect(result.scripts.allSatisfy { $0.outcome == .notRun })
        #expect(!FileManager.default.fileExists(atPath: prefix + "/ran"))

        var options = LinkOptions.test
        options.scripts = .run
        let second = try install([package], options: options)
        #expect(second.scripts.map(\.outcome) == [.exited(3), .notRun, .exited(0), .notRun])
        #expect(try text("ran") == "pkg 1.0 0 \(prefix)")
    }

    @Test(
        "A prefix with characters that scripts cannot carry is not accepted",
        arguments: ["env", "/", "/a/../b", "/a\"b", "/$a"]
    )
    func refusesPrefixes(path: String) {
        #expect(throws: Failure.self) { try PrefixTransaction(prefix: path) }
    }

    @Test(
        "A file never takes the place of a folder that stays, not even of an empty one",
        arguments: [
            // Nobody's; the user's, where a file of the old version was; one with the user's folder inside.
            ["share/new"], ["share/old"], ["dir/inner"],
        ]
    )
    func keepsFolders(made: [String]) throws {
        try install([
            FakePackage(version: "1.0", contents: ["share/old": .file("1"), "dir/file": .file("1")])
        ])
        if made == ["share/old"] { try FileManager.default.removeItem(atPath: "\(prefix)/share/old") }
        for path in made {
            try FileManager.default.createDirectory(
                atPath: "\(prefix)/\(path)",
                withIntermediateDirectories: true
            )
        }
        let before = try files()
        let next = FakePackage(
            version: "2.0",
            contents: ["share/old": .file("2"), "share/new": .file("2"), "dir": .file("2")]
        )
        #expect(refusalCode { try install([next]) } == "install.file-is-folder")
        #expect(try files() == before)
        for path in made { try FileManager.default.removeItem(atPath: "\(prefix)/\(path)") }
        try install([next])
        #expect(try text("dir") == "2" && text("share/new") == "2" && text("share/old") == "2")
    }

    @Test("An empty folder of a package stays when another package's files in it go")
    func keepsEmptyFolders() throws {
        try install([
            FakePackage(name: "a", contents: ["share/e": .folder]),
            FakePackage(name: "b", contents: ["share/e/x": .file("x")]),
        ])
        try install([], removing: ["b"])
        #expect(try files().contains("share/e") && !files().contains("share/e/x"))
    }

    @Test("A link climbs only out of folders that the prefix is going to have")
    func refusesClimbsThroughNothing() throws {
        let climbing = FakePackage(contents: ["l": .link("d/e/../..")])
        #expect(refusalCode { try install([climbing]) } == "archive.link-escape")
        #expect(!FileManager.default.fileExists(atPath: prefix))
        try install([FakePackage(contents: ["l": .link("d/e/../.."), "d/e/f": .file("f")])])
    }

    @Test("Credentials in the command line do not come into the history")
    func scrubsHistory() throws {
        var options = LinkOptions.test
        options.command = [
            "kingsnake", "install", "https://user:secret@h/t/TOKEN/c/noarch/a-1-0.conda?k=secret",
        ]
        try install([FakePackage(contents: ["a": .file("1")])], options: options)
        #expect(
            try text("conda-meta/history").contains("# cmd: kingsnake install https://h/c/noarch/a-1-0.conda")
        )
    }

    @Test("Where site-packages are is kept in the record, also where only the package says it")
    func keepsSitePackages() throws {
        var python = FakePackage(name: "python", version: "3.13.0", contents: ["bin/python": .file("")])
        python.sitePackages = "lib/python3.13t/site-packages"
        var request = try python.request(in: folder)
        request.record["python_site_packages_path"] = nil
        _ = try PrefixTransaction(prefix: prefix).install([request], options: .test)
        try install([
            FakePackage(name: "pure", noarch: "python", contents: ["site-packages/pure.py": .file("")])
        ])
        #expect(try files().contains("lib/python3.13t/site-packages/pure.py"))
    }

    @Test("Two processes do not change one prefix at once")
    func locks() throws {
        try install([FakePackage(contents: ["a": .file("1")])])
        let request = try FakePackage(version: "2.0", contents: ["a": .file("2")]).request(in: folder)
        let transaction = try PrefixTransaction(prefix: prefix)
        do {
            let prepared = try transaction.prepare([request], options: .test)
            #expect(throws: Failure.self) { try transaction.install([request], options: .test) }
            #expect(prepared.installing == ["pkg-2.0-0"] && prepared.removing == ["pkg-1.0-0"])
        }
        #expect(try text("a") == "1" && !FileManager.default.fileExists(atPath: prefix + "/.kingsnake"))
        _ = try transaction.install([request], options: .test)
        #expect(try text("a") == "2")
    }
}
