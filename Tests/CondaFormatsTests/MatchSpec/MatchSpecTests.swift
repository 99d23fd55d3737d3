// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TestSupport
import Testing
import TrustCore

@Suite("Match specifications")
struct MatchSpecTests {
    private static let md5 = String(repeating: "0a", count: 16)
    private static let sha256 = String(repeating: "0b", count: 32)

    private func candidate() throws -> MatchCandidate {
        var candidate = try MatchCandidate(
            ArchiveFileName("numpy-1.8.2-py310_3.conda"),
            subdir: Subdir("linux-64"),
            channel: ChannelURL("https://conda.example.org/lab")
        )
        candidate.buildNumber = 3
        candidate.md5 = Digest(.md5, hex: Self.md5)
        candidate.sha256 = Digest(.sha256, hex: Self.sha256)
        return candidate
    }

    @Test(
        "Specifications that describe a package match it",
        arguments: [
            "numpy", "NumPy", "*", "num*", "numpy 1.8.2", "numpy==1.8.2", "numpy =1.8", "numpy=1.8",
            "numpy 1.8.*", "numpy >=1.8,<2|3.*",
            "numpy>=1.8", "numpy >= 1.8 , < 2", "numpy~=1.8.0", "numpy!=1.9", "numpy=*",
            "numpy 1.8.2 py310_3", "numpy=1.8.2=py310_3",
            "numpy==1.8.2=py310_3", "numpy 1.8.* py3*", "numpy=1.8.*=*_3", "numpy * *", "numpy >=1 PY310*",
            "numpy =1.8.* *",
            "numpy ==1.8.* *", "numpy[version='>=1.8']", "numpy[version=1.8.2]", "numpy[build=py310_3]",
            "numpy[build_number=3]",
            "numpy[build_number='>=1']", "numpy[build_number='!=2']", "numpy[subdir=linux-64]",
            "numpy[subdir='linux-*']",
            "numpy[fn=numpy-1.8.2-py310_3.conda]", "numpy[fn='numpy-*.conda']", "lab::numpy",
            "lab/linux-64::numpy",
            "https://conda.example.org/lab::numpy", "https://conda.example.org/lab/linux-64::numpy 1.8.2",
            "*::numpy",
            "*/linux-64::numpy", "la*::numpy", "https://conda.example.org/*::numpy", "lab:ignored:numpy",
            "ignored:numpy",
            "numpy[channel=lab, version='>=1' build='py*']", "numpy[channel='https://conda.example.org/lab']",
            "numpy[url='https://conda.example.org/lab/linux-64/numpy-1.8.2-py310_3.conda']",
            "https://conda.example.org/lab/linux-64/numpy-1.8.2-py310_3.conda", "numpy 1.0[version='1.8.2']",
            " numpy  >=1  py310_3 ", "numpy[name=other]", "*[md5=\(md5)]", "*[sha256=\(sha256)]",
            "numpy[sha256='\(sha256)',md5=\"\(md5)\"]",
        ]
    )
    func matching(_ text: String) throws {
        let spec = try MatchSpec(text)
        #expect(spec.matches(try candidate()))
        #expect(try MatchSpec(spec.description) == spec, "\(spec)")
    }

    @Test(
        "Specifications that describe other packages do not match",
        arguments: [
            "scipy", "num", "*py3", "numpy 1.8", "numpy==1.8", "numpy=1.9", "numpy <1.8",
            "numpy 1.8.2 py311_0", "numpy=1.8=py310_3",
            "numpy =1.8 *", "numpy 1.8.2 py3", "numpy[build_number=2]", "numpy[build_number='<3']",
            "numpy[subdir=noarch]",
            "numpy[fn=numpy-1.8.2-py310_4.conda]", "other::numpy", "lab/noarch::numpy",
            "https://conda.example.org::numpy",
            "https://evil.example.org/lab::numpy", "http://conda.example.org/lab::numpy",
            "numpy[version='<1']",
            "numpy 1.8.2[version='2']", "scipy[name=numpy]", "*[md5=\(String(repeating: "00", count: 16))]",
            "https://conda.example.org/lab/noarch/numpy-1.8.2-py310_3.conda",
        ]
    )
    func others(_ text: String) throws {
        #expect(try !MatchSpec(text).matches(candidate()))
    }

    @Test(
        "A condition on what is not known does not hold",
        arguments: [
            "a[md5=\(md5)]", "a[sha256=\(sha256)]", "a[build_number='>=0']", "a[subdir='*']", "c::a",
            "a[fn='*']",
            "https://h/c/noarch/a-1-0.conda",
        ]
    )
    func unknown(_ text: String) throws {
        let bare = MatchCandidate(name: try PackageName("a"), version: try CondaVersion("1"), build: "0")
        #expect(try MatchSpec("a").matches(bare))
        #expect(try !MatchSpec(text).matches(bare))
    }

    @Test("A channel's name means the URL below the alias, if there is one")
    func alias() throws {
        let spec = try MatchSpec("lab::numpy")
        let here = try ChannelURL("https://conda.example.org")
        #expect(spec.matches(try candidate(), channelNamesBelow: here))
        #expect(try !spec.matches(candidate(), channelNamesBelow: ChannelURL("https://other.example.org")))
        #expect(
            try !MatchSpec("l*::numpy").matches(
                candidate(),
                channelNamesBelow: ChannelURL("https://other.example.org")
            )
        )
    }

    @Test(
        "The canonical form is the one of CEP 29",
        arguments: [
            ("foo 1.0 py27_0", "foo==1.0=py27_0"), ("foo=1.0=py27_0", "foo==1.0=py27_0"),
            ("conda-forge::foo[version=1.0.*]", "conda-forge::foo=1.0"),
            ("conda-forge/linux-64::foo>=1.0", "conda-forge/linux-64::foo[version='>=1.0']"),
            ("*/linux-64::foo>=1.0", "foo[subdir='linux-64',version='>=1.0']"), ("Foo", "foo"),
            ("foo 1 py*", "foo==1[build='py*']"),
            ("foo=1.0.*=py_0", "foo=1.0[build='py_0']"), ("*[build_number='>=1']", "*[build_number='>=1']"),
            ("https://u:secret@h/c::a", "https://***@h/c::a"),
            // What would be read otherwise in front stands in brackets, and URLs with `'` in the other quotes.
            ("a[channel='https://h/c/linux-64']", "a[channel='https://h/c/linux-64']"),
            ("a[channel='https://h/[x]']", "a[channel='https://h/[x]']"),
            ("lab::a[subdir='odd-64']", "lab::a[subdir='odd-64']"),
            ("a[channel=\"https://h/it's\"]", "https://h/it's::a"),
            (
                "a[url=\"https://h/it's/noarch/a-1-0.conda\"]",
                "a[url=\"https://h/it's/noarch/a-1-0.conda\"]"
            ),
        ]
    )
    func canonical(_ text: String, _ expected: String) throws {
        let spec = try MatchSpec(text)
        #expect(spec.description == expected)
        if !expected.contains("***") { #expect(try MatchSpec(expected) == spec) }
    }

    @Test(
        "What is no specification is refused, each for its own reason",
        arguments: [
            ("", .matchSpecSyntax), (" ", .matchSpecSyntax), ("=1", .matchSpecSyntax),
            (">=1", .matchSpecSyntax),
            ("[md5=0]", .matchSpecSyntax), ("a[", .matchSpecSyntax), ("a[]", .matchSpecSyntax),
            ("a]", .versionSpec),
            ("a[b", .matchSpecKey), ("a[build]", .matchSpecSyntax), ("a[build=]", .matchSpecSyntax),
            ("a[build='x]", .matchSpecSyntax),
            ("a[build='x'y]", .matchSpecSyntax), ("a[build=x][fn=y]", .matchSpecSyntax),
            ("a[build=x]y", .matchSpecSyntax),
            ("a[build=x", .matchSpecSyntax), ("a[=x]", .matchSpecSyntax), ("::a", .matchSpecSyntax),
            ("a::", .matchSpecSyntax),
            ("a \u{E9}", .matchSpecSyntax), ("a\n", .matchSpecSyntax), ("a 1 b c", .matchSpecSyntax),
            ("a 1 b=c", .matchSpecSyntax),
            ("a 1 b-c", .matchSpecSyntax), ("a 1=", .matchSpecSyntax), ("a[foo=1]", .matchSpecKey),
            ("a[md5=0,md5=0]", .matchSpecKey),
            ("a[optional]", .matchSpecKey), ("a[Build=x]", .matchSpecKey),
            ("a[build=x,build=x]", .matchSpecKey), ("a[md5=00]", .matchSpecValue),
            ("a[sha256=xyz]", .matchSpecValue), ("a[md5='*']", .matchSpecValue),
            ("a[build_number=x]", .matchSpecValue),
            ("a[build_number='>=']", .matchSpecValue), ("a[build_number='-1']", .matchSpecValue),
            ("a[build_number=99999999999999999999]", .matchSpecValue), ("a[build='x y']", .matchSpecValue),
            ("a[subdir=Linux]", .matchSpecValue), ("a[channel='../x']", .matchSpecValue),
            ("c d::a", .matchSpecValue), ("a[channel=\"x'*\"]", .matchSpecValue), ("^a*::b", .matchSpecValue),
            ("a[fn=\"x'*\"]", .matchSpecValue), ("a[subdir=\"x'*\"]", .matchSpecValue),
            ("a 1.*'b", .versionSpec), ("a[version='1.*[x']", .versionSpec),
            ("a[build='^x$']", .matchSpecPattern), ("a[build='^x']", .matchSpecPattern),
            ("a ^1$", .matchSpecPattern),
            ("a--b", .packageName), ("-a", .packageName), ("a =", .versionSpec), ("a=", .versionSpec),
            ("a >=", .versionSpec),
            ("a ~=1", .versionSpec), ("a/b", .versionSpec), ("a[url=x]", .packageURL),
            ("a[fn=x]", .fileFormat),
            ("ftp://h/c::a", .channelURL), ("https://h/c/x/a-1-0.conda", .subdir),
        ] as [(String, NameCode)]
    )
    func refused(_ text: String, _ code: NameCode) {
        let found = refusalCode { try MatchSpec(text) }
        // A stray mark after a name is read as the beginning of a version.
        #expect(found == code.rawValue || code == .versionSpec && found == "version.invalid")
    }

    @Test("A specification may have 4096 bytes and no more")
    func length() {
        #expect(
            refusalCode { try MatchSpec("a" + String(repeating: " ", count: 4096)) } == "matchspec.syntax"
        )
    }

    @Test("What stands in brackets never replaces the name that people read")
    func nameInBrackets() throws {
        #expect(try MatchSpec("tensorflow[name='*',md5=\(Self.md5)]").exactName == PackageName("tensorflow"))
        #expect(try MatchSpec("tensor*").exactName == nil)
    }
}
