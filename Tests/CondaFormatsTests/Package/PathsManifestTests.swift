// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TestSupport
import Testing
import TrustCore

@Suite("What a package says it installs")
struct PathsManifestTests {
    private func legacy(_ files: [String: String]) throws -> [PathEntry] {
        try PathsManifest.read(infoFiles: files.mapValues { Array($0.utf8) }).entries
    }

    @Test("paths.json is read in its order, with everything it says")
    func readsPathsJSON() throws {
        let sha256 = String(repeating: "ab", count: 32)
        let json = """
            {"paths_version": 1, "paths": [
              {"_path": "bin/b", "path_type": "hardlink", "sha256": "\(sha256)", "size_in_bytes": 7,
               "file_mode": "binary", "prefix_placeholder": "/opt/build", "no_link": true},
              {"_path": "a", "path_type": "softlink"},
              {"_path": "empty", "path_type": "directory", "unknown": {"x": 1}}
            ]}
            """
        let manifest = try PathsManifest.read(infoFiles: [
            "info/paths.json": Array(json.utf8), "info/files": Array("other".utf8),
        ])
        #expect(manifest.source == .pathsJSON)
        #expect(manifest.entries.map(\.path.text) == ["bin/b", "a", "empty"])
        #expect(manifest.entries.map(\.kind) == [.file, .symbolicLink, .directory])
        let first = manifest.entries[0]
        #expect(first.sha256?.hex == sha256 && first.size == 7 && first.noLink)
        #expect(first.placeholder == PathEntry.Placeholder(text: "/opt/build", mode: .binary))
    }

    @Test("Paths that differ only in their Unicode form are two paths")
    func keepsUnicodeFormsApart() throws {
        let entries = try legacy(["info/files": "caf\u{e9}\ncafe\u{301}\n"])
        #expect(entries.count == 2)
    }

    @Test(
        "A line of has_prefix is a path, or a placeholder, a mode and a path",
        arguments: [
            ("a", "/opt/anaconda1anaconda2anaconda3", PathEntry.FileMode.text),
            ("/opt/x text a", "/opt/x", .text), ("/opt/x binary a\r", "/opt/x", .binary),
            ("\"/opt/my x\" \"binary\" \"a\"", "/opt/my x", .binary),
            ("'/opt/x'  'text'\t'a'", "/opt/x", .text),
        ]
    )
    func readsHasPrefix(line: String, placeholder: String, mode: PathEntry.FileMode) throws {
        let entries = try legacy(["info/files": "a\n\nb\r\n", "info/has_prefix": line, "info/no_link": "b\n"])
        #expect(entries.map(\.path.text) == ["a", "b"])
        #expect(entries[0].placeholder == PathEntry.Placeholder(text: placeholder, mode: mode))
        #expect(entries[1].placeholder == nil)
        #expect(entries.map(\.noLink) == [false, true])
    }

    @Test(
        "A line of has_prefix that means nothing is refused",
        arguments: [
            ("/opt/x text", "package.prefix-line"), ("\"a", "package.prefix-line"),
            ("b", "package.prefix-line"),
            ("/opt/x octal a", "package.file-mode"), ("x text a", "package.placeholder"),
            ("a\na", "package.path-duplicate"), ("../a", "package.path-unsafe"),
            ("a b c d", "package.prefix-line"),
        ]
    )
    func refusesHasPrefix(line: String, code: String) throws {
        #expect(refusalCode { try legacy(["info/files": "a\n", "info/has_prefix": line]) } == code)
    }

    @Test(
        "A path that could leave the package is refused",
        arguments: ["/a", "a/../b", "..", "a//b", "a/", "C:x", "a\\b", "./a", "a\u{7f}", ""]
    )
    func refusesUnsafePaths(path: String) throws {
        let json: JSONValue = [
            "paths_version": 1, "paths": [["_path": .string(path), "path_type": "hardlink"]],
        ]
        let bytes = JSONWriter.encode(json)
        #expect(
            refusalCode { try PathsManifest.read(infoFiles: ["info/paths.json": bytes]) }
                == "package.path-unsafe"
        )
    }
}

@Suite("Entry points")
struct EntryPointTests {
    @Test(
        "A name, a module and a function are read",
        arguments: [
            ("pip = pip._internal.cli.main:main", ["pip", "pip._internal.cli.main", "main"]),
            ("a=b:C.run", ["a", "b", "C.run"]),
            ("f2py3.12 = numpy.f2py:main", ["f2py3.12", "numpy.f2py", "main"]),
        ]
    )
    func reads(text: String, parts: [String]) throws {
        let point = try EntryPoint.parse(text)
        #expect([point.name, point.module, point.function] == parts)
    }

    @Test(
        "What could name another file or add code is refused",
        arguments: [
            "", "a", "a = b", "a = :c", "= b:c", "a/b = c:d", "../a = c:d", ".. = c:d", ".a = c:d",
            "-a = c:d",
            "a\\b = c:d", "a = b;import os:c", "a = b:c()", "a = b:c:d", "a = b\nimport os:c", "a = b..c:d",
            "a = 1b:c", "a b = c:d", "a = b :c#", "a\u{0} = b:c",
        ]
    )
    func refuses(text: String) throws {
        #expect(refusalCode { try EntryPoint.parse(text) } == "package.entry-point")
    }
}
