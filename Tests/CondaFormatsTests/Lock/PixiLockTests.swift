// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TestSupport
import Testing
import TrustCore

@Suite("pixi lock files")
struct PixiLockTests {
    private static let md5 = String(repeating: "0a", count: 16)
    private static let sha256 = String(repeating: "0b", count: 32)
    private static let url = "https://h/c/linux-64/a-1-h_0.conda"

    /// A file of a version, with two environments on two platforms.
    private static func lock(version: Int, description: String? = nil) -> String {
        let digests =
            "sha256: \(sha256), md5: \(md5), size: 100, depends: ['b >=1,<2', python_abi 3.11.* *_cp311]"
        let (conda, pypi) =
            version < 6
            ? (
                "{kind: conda, name: a, version: '1', build: h_0, subdir: linux-64, url: \(url), \(digests)}",
                "{kind: pypi, name: p, version: '1', url: https://h/p.whl, sha256: \(sha256)}"
            )
            : ("{conda: \(url), \(digests)}", "{pypi: https://h/p.whl, name: p, version: '1'}")
        let noarch =
            version < 6
            ? "{kind: conda, url: https://h/c/noarch/b-1-0.conda}" : "{conda: https://h/c/noarch/b-1-0.conda}"
        return """
            version: \(version)
            environments:
              default:
                channels:
                - url: https://h/c/
                indexes: [https://h/simple]
                packages:
                  linux-64:
                  - conda: \(url)
                  - conda: https://h/c/noarch/b-1-0.conda
                  - pypi: https://h/p.whl
                  win-64:
                  - conda: https://h/c/noarch/b-1-0.conda
              test:
                channels: [{url: lab}]
                packages:
                  linux-64:
                  - conda: \(url)
            packages:
            - \(description ?? conda)
            - \(noarch)
            - \(pypi)
            """
    }

    private func read(_ text: String) throws -> LockFile {
        try LockFile.read(Array(text.utf8), fileName: "pixi.lock")
    }

    @Test("Versions 4 to 7 are read by environment and platform", arguments: 4...7)
    func whole(_ version: Int) throws {
        let file = try read(Self.lock(version: version))
        #expect(file.format == .pixi(version: version) && file.environments == ["default", "test"])
        #expect(file.platforms.map(\.text) == ["linux-64", "win-64"])
        let selection = try file.packages(platform: Subdir("linux-64"))
        #expect(selection.packages.map(\.fileName.text) == ["a-1-h_0.conda", "b-1-0.conda"])
        let package = selection.packages[0]
        #expect(package.url == Self.url && package.sha256?.hex == Self.sha256 && package.md5?.hex == Self.md5)
        #expect(package.size == 100 && package.channel.identity == "https://h/c" && package.category == nil)
        #expect(
            selection.unsupported == [UnsupportedLockEntry(kind: .pypi, name: "https://h/p.whl", line: 11)]
        )
        #expect(selection.channels.map(\.description) == ["https://h/c"])
        #expect(try file.packages(platform: Subdir("win-64")).packages.map(\.name.raw) == ["b"])
        let test = try file.packages(platform: Subdir("linux-64"), environment: "test")
        #expect(test.packages == [package] && test.unsupported.isEmpty && test.channels == [.name("lab")])
    }

    @Test("An environment without packages is empty on every platform, and not missing", arguments: [6, 7])
    func emptyEnvironment(_ version: Int) throws {
        let file = try read(
            """
            version: \(version)
            environments:
              default:
                channels:
                - url: https://h/c/
                packages: {}
            packages: []
            """
        )
        #expect(file.environments == ["default"] && file.platforms.isEmpty)
        for environment in [nil, "default"] {
            let selection = try file.packages(platform: Subdir("linux-64"), environment: environment)
            #expect(selection.packages.isEmpty && selection.unsupported.isEmpty)
            #expect(selection.channels.map(\.description) == ["https://h/c"])
        }
        #expect(
            refusalCode { try file.packages(platform: Subdir("linux-64"), environment: "x") }
                == "lock.environment-missing"
        )
    }

    @Test("A platform or environment that is not there is missing")
    func missing() throws {
        let file = try read(Self.lock(version: 6))
        #expect(refusalCode { try file.packages(platform: Subdir("osx-64")) } == "lock.platform-missing")
        #expect(
            refusalCode { try file.packages(platform: Subdir("win-64"), environment: "test") }
                == "lock.platform-missing"
        )
        #expect(
            refusalCode { try file.packages(platform: Subdir("win-64"), environment: "x") }
                == "lock.environment-missing"
        )
    }

    @Test("Other versions are refused", arguments: [0, 1, 2, 3, 8, 99])
    func versions(_ version: Int) {
        #expect(refusalCode { try read(Self.lock(version: version)) } == "lock.unsupported-version")
    }

    @Test(
        "A description that contradicts its URL or its format is refused",
        arguments: [
            (5, "{kind: conda, url: \(url), name: b}", .entryMismatch),
            (
                5,
                "{kind: conda, url: "
                    + "\(url), version: '2'}", .entryMismatch
            ),
            (6, "{conda: \(url), build: h_1}", .entryMismatch),
            (
                6,
                "{conda: \(url), subdir: "
                    + "win-64}", .entryMismatch
            ),
            (6, "{conda: \(url), sha256: x}", .badDigest),
            (
                6,
                "{conda: \(url), md5: "
                    + "\(sha256)}", .badDigest
            ),
            (6, "{conda: \(url), size: -1}", .shape), (6, "{conda: \(url), size: [1]}", .shape),
            (5, "{kind: npm, url: \(url)}", .shape),
            (5, "{conda: \(url)}", .shape), (6, "{kind: conda, url: \(url)}", .shape), (6, "text", .shape),
            (6, "{conda: [a]}", .shape),
            (6, "{conda: https://h/c/linux-64/other-1-0.conda}", .danglingEntry),
            (6, "{conda: 'https://h/c/linux-64/a.conda'}", .badURL),
            (6, "{conda: ftp://h/c/linux-64/a-1-0.conda}", .badURL),
        ] as [(Int, String, LockCode)]
    )
    func contradictions(_ version: Int, _ description: String, _ code: LockCode) {
        #expect(
            refusalCode { try read(Self.lock(version: version, description: description)) } == code.rawValue
        )
    }

    @Test("Two descriptions of one package must agree on its digests")
    func conflicts() throws {
        let description = "{conda: \(Self.url), sha256: \(Self.sha256)}"
        _ = try read(Self.lock(version: 6, description: "\(description)\n- \(description)"))
        for other in ["sha256: \(String(repeating: "00", count: 32))"] {
            for spelling in [Self.url, "HTTPS://h:443/c/linux-64/a-1-h_0.conda"] {
                let second = "{conda: \(spelling), \(other)}"
                let text = Self.lock(version: 6, description: "\(description)\n- \(second)")
                    .replacing("  - pypi: https://h/p.whl", with: "  - conda: \(spelling)")
                #expect(refusalCode { try read(text) } == "lock.conflicting-entries")
            }
        }
    }

    @Test(
        "A package that is built from sources or stands outside a channel is unsupported",
        arguments: [
            ("../sources", .condaSource), (".", .condaSource), ("./a-1-0.conda", .outsideChannel),
            ("https://h/files/a-1-0.conda", .outsideChannel),
        ] as [(String, UnsupportedLockEntry.Kind)]
    )
    func unsupported(_ location: String, _ kind: UnsupportedLockEntry.Kind) throws {
        let text = Self.lock(
            version: 6,
            description: "{conda: \(location), name: a, version: '1', subdir: linux-64}"
        )
        .replacing("- conda: \(Self.url)", with: "- conda: \(location)")
        let selection = try read(text).packages(platform: Subdir("linux-64"))
        #expect(selection.packages.map(\.name.raw) == ["b"])
        #expect(selection.unsupported.map(\.kind) == [kind, .pypi])
        #expect(selection.unsupported[0].name == location)
    }

    @Test("In version 7 a platform can have a name of its own, and sources an entry of their own")
    func version7() throws {
        func text(_ names: String...) -> String {
            let platforms = names.map { "{name: \($0), subdir: linux-64}" }.joined(separator: ", ")
            let packages = names.map { "\($0): [{conda: \(Self.url)}, {conda_source: 's[1] @ .'}]" }
            return """
                version: 7
                platforms: [\(platforms)]
                environments: {default: {packages: {\(packages.joined(separator: ", "))}}}
                packages: [{conda: \(Self.url)}, {conda_source: 's[1] @ .'}]
                """
        }
        let selection = try read(text("cluster")).packages(platform: Subdir("linux-64"))
        #expect(selection.packages.count == 1 && selection.unsupported.map(\.kind) == [.condaSource])
        let two = try read(text("old-1", "new_1"))
        #expect(refusalCode { try two.packages(platform: Subdir("linux-64")) } == "lock.platform-missing")
        let named = try read(text("old", "linux-64"))
        #expect(try named.packages(platform: Subdir("linux-64")).packages.count == 1)
        #expect(refusalCode { try read(text("a", "a").replacing("{a: ", with: "{b: ")) } != nil)
    }

    @Test("In older files a noarch package may name the environment's platform as its subdirectory")
    func noarchSubdir() throws {
        let text = Self.lock(version: 4)
            .replacing(
                "url: https://h/c/noarch/b-1-0.conda",
                with: "subdir: linux-64, url: https://h/c/noarch/b-1-0.conda"
            )
        #expect(try read(text).packages(platform: Subdir("linux-64")).packages.count == 2)
    }

    @Test("A name of an unsupported entry shows no credentials")
    func credentials() throws {
        for location in ["https://u:secret@h/p.whl", "git+https://u:secret@h/p.git?rev=1"] {
            let text = Self.lock(version: 6).replacing(
                "- pypi: https://h/p.whl\n",
                with: "- pypi: \(location)\n"
            )
            let names = try read(text).packages(platform: Subdir("linux-64")).unsupported.map(\.name)
            #expect(names.count == 1 && !names[0].contains("secret"), "\(names)")
        }
    }
}
