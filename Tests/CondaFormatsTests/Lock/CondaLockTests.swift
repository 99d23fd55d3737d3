// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TestSupport
import Testing
import TrustCore

@Suite("conda-lock files")
struct CondaLockTests {
    private static let md5 = String(repeating: "0a", count: 16)
    private static let sha256 = String(repeating: "0b", count: 32)

    private static func entry(_ name: String, _ fields: [String: String] = [:], without: String = "")
        -> String
    {
        var entry = [
            "name": name, "version": "'1'", "manager": "conda", "platform": "linux-64", "dependencies": "{}",
            "url": "https://h/c/linux-64/\(name)-1-0.conda", "hash": "{md5: \(md5), sha256: \(sha256)}",
            "category": "main", "optional": "false",
        ]
        for (key, value) in fields { entry[key] = value }
        entry[without] = nil
        return "- {"
            + entry.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
            + "}\n"
    }

    private static func lock(_ entries: String..., version: String = "version: 1") -> String {
        """
        \(version)
        metadata:
          content_hash: {linux-64: \(sha256)}
          channels:
          - {url: lab, used_env_vars: []}
          - url: https://u:secret@h/c/
          platforms:
          - linux-64
          - osx-64
          sources: [environment.yml]
        package:
        \(entries.isEmpty ? " []" : entries.joined())
        """
    }

    private func read(_ text: String) throws -> LockFile {
        try LockFile.read(Array(text.utf8), fileName: "conda-lock.yml")
    }

    @Test("A file is read by platform and category, and `main` is always part of an environment")
    func whole() throws {
        let file = try read(
            Self.lock(
                Self.entry("a"),
                Self.entry("b", ["category": "dev"]),
                Self.entry("c", without: "category"),
                Self.entry("d", ["platform": "osx-64", "url": "https://h/c/noarch/d-1-0.conda"]),
                Self.entry("e", ["manager": "pip", "url": "https://h/e.whl"])
            )
        )
        #expect(file.format == .condaLock && file.environments == ["main", "dev"])
        #expect(file.platforms.map(\.text) == ["linux-64", "osx-64"])
        let main = try file.packages(platform: Subdir("linux-64"))
        #expect(main.packages.map(\.name.raw) == ["a", "c"])
        #expect(main.packages[0].sha256?.hex == Self.sha256 && main.packages[0].md5?.hex == Self.md5)
        #expect(main.packages[0].category == "main")
        #expect(main.unsupported == [UnsupportedLockEntry(kind: .pypi, name: "e 1", line: 16)])
        #expect(main.channels.map(\.description) == ["lab", "https://***@h/c"])
        let dev = try file.packages(platform: Subdir("linux-64"), environment: "dev")
        #expect(dev.packages.map(\.name.raw).sorted() == ["a", "b", "c"])
        #expect(dev.unsupported.count == 1)
        #expect(try file.packages(platform: Subdir("osx-64")).packages.map(\.name.raw) == ["d"])
    }

    @Test("A platform without packages is an empty selection, and one that is not listed is missing")
    func platforms() throws {
        let file = try read(Self.lock(Self.entry("a")))
        #expect(try file.packages(platform: Subdir("osx-64")).packages.isEmpty)
        #expect(refusalCode { try file.packages(platform: Subdir("win-64")) } == "lock.platform-missing")
        #expect(
            refusalCode { try file.packages(platform: Subdir("linux-64"), environment: "x") }
                == "lock.environment-missing"
        )
    }

    @Test(
        "The version of the format is 1, also if it is not said",
        arguments: ["version: 1", "version: '1'", ""]
    )
    func versions(_ version: String) throws {
        _ = try read(Self.lock(Self.entry("a"), version: version))
    }

    @Test("Another version is refused", arguments: ["0", "2", "3", "1.0", "one", "-1"])
    func wrongVersions(_ version: String) {
        #expect(
            refusalCode { try read(Self.lock(Self.entry("a"), version: "version: \(version)")) }
                == "lock.unsupported-version"
        )
    }

    @Test(
        "A field that is missing or of another type is refused",
        arguments: ["name", "version", "manager", "platform", "url", "hash"]
    )
    func missing(_ field: String) {
        #expect(refusalCode { try read(Self.lock(Self.entry("a", without: field))) } == "lock.shape")
        for value in ["[]", "~", field == "hash" ? "x" : "{}"] {
            #expect(
                refusalCode { try read(Self.lock(Self.entry("a", [field: value]))) } == "lock.shape",
                "\(value)"
            )
        }
    }

    @Test(
        "An entry that contradicts its URL, the metadata or its format is refused",
        arguments: [
            (["name": "b", "url": "https://h/c/linux-64/a-1-0.conda"], .entryMismatch),
            (["version": "'2'"], .entryMismatch),
            (["build": "x"], .entryMismatch), (["platform": "win-64"], .entryMismatch),
            (["manager": "npm"], .shape),
            (["platform": "../x"], .shape), (["url": "a-1-0.conda"], .badURL),
            (["url": "'https://h/c/linux-64/a-1.conda'"], .badURL),
            (["hash": "{sha256: 00}"], .badDigest), (["hash": "{md5: x}"], .badDigest),
            (["hash": "{md5: \(sha256)}"], .badDigest),
        ] as [([String: String], LockCode)]
    )
    func contradictions(_ fields: [String: String], _ code: LockCode) {
        #expect(refusalCode { try read(Self.lock(Self.entry("a", fields))) } == code.rawValue)
    }

    @Test("One file with two digests is refused, within a category and across categories")
    func conflicts() throws {
        let other = ["hash": "{sha256: \(String(repeating: "00", count: 32))}"]
        #expect(
            refusalCode { try read(Self.lock(Self.entry("a"), Self.entry("a", other))) }
                == "lock.conflicting-entries"
        )
        let file = try read(
            Self.lock(Self.entry("a"), Self.entry("a", other.merging(["category": "dev"]) { $1 }))
        )
        #expect(
            refusalCode { try file.packages(platform: Subdir("linux-64"), environment: "dev") }
                == "lock.conflicting-entries"
        )
    }

    @Test("A package of another platform's subdirectory is refused when it is selected")
    func wrongPlatform() throws {
        let file = try read(Self.lock(Self.entry("a", ["url": "https://h/c/osx-64/a-1-0.conda"])))
        #expect(refusalCode { try file.packages(platform: Subdir("linux-64")) } == "lock.wrong-platform")
    }

    @Test("Without digests a package is read, and says that it is bound to no bytes")
    func noDigest() throws {
        let file = try read(Self.lock(Self.entry("a", ["hash": "{}"])))
        let package = try #require(try file.packages(platform: Subdir("linux-64")).packages.first)
        #expect(package.missingDigest?.code.rawValue == "lock.missing-digest")
    }

    @Test("A package outside a channel is not dropped but unsupported")
    func outside() throws {
        let file = try read(Self.lock(Self.entry("a", ["url": "https://h/files/a-1-0.conda"])))
        #expect(try file.packages(platform: Subdir("linux-64")).unsupported.map(\.kind) == [.outsideChannel])
    }
}
