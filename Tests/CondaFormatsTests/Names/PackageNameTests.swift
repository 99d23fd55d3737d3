// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TestSupport
import Testing
import TrustCore

@Suite("Package names and subdirectories")
struct PackageNameTests {
    @Test(
        "Names that CEP 26 allows are taken",
        arguments: [
            "a", "7zip", "numpy", "_libgcc_mutex", "_r-mutex", "ld_impl_linux-64", "ruamel.yaml", "r-base",
            "backports.zoneinfo",
            "lib_", "a-", "__glibc", "__archspec", "__anaconda_core_depends",
        ]
    )
    func valid(_ text: String) throws {
        let name = try PackageName(text)
        #expect(name.raw == text && name.normalized == text && "\(name)" == text)
    }

    @Test("A name may have 64 bytes and no more")
    func length() throws {
        _ = try PackageName(String(repeating: "a", count: 64))
        #expect(refusalCode { try PackageName(String(repeating: "a", count: 65)) } == "name.invalid")
    }

    @Test(
        "Other names are refused",
        arguments: [
            "", "-a", ".a", "a--b", "a..b", "a__b", "a._b", "_-a", "__", "___a", "__-a", "__a__b", "a b",
            " a", "a ", "a/b", "a\\b",
            "..", ".", "a:b", "a=b", "a*", "a\0", "a\n", "é", "e\u{301}", "ａ", "nump\u{443}", "a+b", "a!b",
            "a\u{200D}b",
        ]
    )
    func invalid(_ text: String) {
        #expect(refusalCode { try PackageName(text) } == "name.invalid")
    }

    @Test("Names that differ only in case are the same name")
    func normalForm() throws {
        let (a, b) = (try PackageName("PyYAML"), try PackageName("pyyaml"))
        #expect(a == b && a.hashValue == b.hashValue)
        #expect(a.raw == "PyYAML" && a.normalized == "pyyaml")
        #expect(try PackageName("Z") > PackageName("a"))
    }

    @Test("Two underscores make a name virtual")
    func virtual() throws {
        #expect(try PackageName("__cuda").isVirtual)
        #expect(try !PackageName("_cuda").isVirtual)
    }

    @Test("A refusal shows foreign text without what could move the cursor or look like another letter")
    func quoting() {
        do {
            _ = try PackageName("a\u{1B}[2J\u{202E}\u{430}" + String(repeating: "x", count: 500))
            Issue.record("not refused")
        } catch {
            let subject = (error as? Refusal)?.subject ?? ""
            #expect(subject.hasPrefix(#"a\u{1b}[2J\u{202e}\u{430}xxx"#))
            #expect(subject.utf8.count < 140)
        }
    }

    @Test(
        "Subdirectories that CEP 26 allows are taken",
        arguments: [
            "noarch", "linux-64", "linux-aarch64", "linux-ppc64le", "osx-arm64", "win-64",
            "emscripten-wasm32", "zos-z",
        ]
    )
    func subdirs(_ text: String) throws {
        #expect(try Subdir(text).text == text)
    }

    @Test(
        "Other subdirectories are refused",
        arguments: [
            "", "linux", "Linux-64", "linux-64/", "/linux-64", "linux-64-x", "linux_64", "linux-", "-64",
            "..", "a-../b", "a-b.c",
            "linux-x86_64", "a-\u{E9}", "aaaaaaaaaaaaaaaa-aaaaaaaaaaaaaaaa", "noarch\0",
        ]
    )
    func wrongSubdirs(_ text: String) {
        #expect(refusalCode { try Subdir(text) } == "name.subdir")
    }
}
