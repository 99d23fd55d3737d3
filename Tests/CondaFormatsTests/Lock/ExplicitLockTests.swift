// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TestSupport
import Testing
import TrustCore

@Suite("Explicit lists")
struct ExplicitLockTests {
    private static let md5 = String(repeating: "0a", count: 16)
    private static let sha256 = String(repeating: "0b", count: 32)

    private func read(_ text: String) throws -> LockFile {
        try LockFile.read(Array(text.utf8), fileName: "a.txt")
    }
    private func select(_ text: String) throws -> LockSelection {
        try read(text).packages(platform: Subdir("linux-64"))
    }

    @Test("A list is read with its digests in every spelling, in its order")
    func whole() throws {
        let text = """
            # This file may be used to create an environment using:
            # $ conda create --name <env> --file <this file>
            # platform: linux-64

            https://h/c/noarch/before-1-0.conda
              @EXPLICIT\u{20}
            https://h/c/linux-64/a-1-0.conda#\(Self.md5)
            https://h/c/linux-64/b-1-0.tar.bz2#\(Self.sha256)
            https://h/c/noarch/c-1-0.conda#sha256:\(Self.sha256)\r
            \thttps://h/c/noarch/d-1-0.conda#md5:\(Self.md5)
            https://h/c/noarch/e-1-0.conda
            https://u:secret@h/t/secret/c/noarch/f-1-0.conda#\(Self.md5.uppercased())
            file:///var/c/noarch/g-1-0.conda
            /var/a b/noarch/h-1-0.conda
            """
        let file = try read(text)
        #expect(
            try file.format == .explicit && file.platforms == [Subdir("linux-64")] && file.environments == []
        )
        let selection = try file.packages(platform: Subdir("linux-64"))
        #expect(selection.packages.map(\.name.raw) == ["before", "a", "b", "c", "d", "e", "f", "g", "h"])
        let (md5, sha256) = (Digest(.md5, hex: Self.md5), Digest(.sha256, hex: Self.sha256))
        #expect(selection.packages.map(\.md5) == [nil, md5, nil, nil, md5, nil, md5, nil, nil])
        #expect(selection.packages.map(\.sha256) == [nil, nil, sha256, sha256, nil, nil, nil, nil, nil])
        #expect(selection.packages.map(\.line) == [5, 7, 8, 9, 10, 11, 12, 13, 14])
        #expect(selection.packages[6].url == "https://u:secret@h/t/secret/c/noarch/f-1-0.conda")
        #expect(selection.packages[8].url == "file:///var/a%20b/noarch/h-1-0.conda")
        #expect(selection.unsupported.isEmpty)
    }

    @Test(
        "A digest that is none is refused",
        arguments: [
            "", "0", "md5:", "sha256:", "sha256:\(md5)", "md5:\(sha256)", "sha1:\(md5)", "\(md5)0",
            "\(md5)#\(md5)", "zz\(md5)", " \(md5)",
        ]
    )
    func digests(_ digest: String) {
        #expect(
            refusalCode { try read("@EXPLICIT\nhttps://h/c/noarch/a-1-0.conda#\(digest)\n") }
                == "lock.bad-digest"
        )
    }

    @Test(
        "A line that is no URL of a package is refused",
        arguments: [
            "numpy", "numpy=1.2", "a-1-0.conda", "~/c/noarch/a-1-0.conda", "$HOME/c/noarch/a-1-0.conda",
            "https://h/c/noarch/a.conda",
            "https://h/c/noarch/a-1-0.whl", "https://h/../noarch/a-1-0.conda", "ftp://h/c/noarch/a-1-0.conda",
            "--file other",
            "https://h/c/noarch/a-1-0.conda?x", "https://h/c/noarch/__a-1-0.conda",
        ]
    )
    func urls(_ line: String) {
        #expect(refusalCode { try read("@EXPLICIT\n\(line)\n") } == "lock.bad-url")
    }

    @Test("A package outside a channel is not dropped but unsupported, without its credentials")
    func outside() throws {
        let selection = try select("@EXPLICIT\nhttps://u:secret@h/files/a-1-0.conda\n")
        #expect(selection.packages.isEmpty)
        #expect(
            selection.unsupported == [
                UnsupportedLockEntry(kind: .outsideChannel, name: "https://***@h/files/a-1-0.conda", line: 2)
            ]
        )
    }

    @Test("The same line twice is one package, and with another digest a contradiction")
    func twice() throws {
        let line = "https://h/c/noarch/a-1-0.conda"
        #expect(try select("@EXPLICIT\n\(line)#\(Self.md5)\n\(line)#\(Self.md5)").packages.count == 1)
        #expect(try select("@EXPLICIT\n\(line)\n\(line)#\(Self.md5)").packages.count == 1)
        for other in [
            "https://h/c/noarch/a-1-0.conda", "HTTPS://H:443/c/noarch/a-1-0.conda",
            "https://u@h/c/noarch/%61-1-0.conda",
        ] {
            #expect(
                refusalCode {
                    try read("@EXPLICIT\n\(line)#\(Self.md5)\n\(other)#\(String(repeating: "00", count: 16))")
                }
                    == "lock.conflicting-entries"
            )
        }
    }

    @Test("Two packages of one name contradict each other")
    func twoOfAName() {
        for other in [
            "https://h/c/noarch/A-2-0.conda", "https://h/d/noarch/a-1-0.conda",
            "https://h/c/noarch/a-1-0.tar.bz2",
        ] {
            #expect(
                refusalCode { try select("@EXPLICIT\nhttps://h/c/noarch/a-1-0.conda\n\(other)\n") }
                    == "lock.conflicting-entries"
            )
        }
    }

    @Test("A package without SHA-256 is bound to no bytes")
    func unbound() throws {
        let line = "https://h/c/noarch/a-1-0.conda"
        #expect(try select("@EXPLICIT\n\(line)#\(Self.sha256)").packages[0].missingDigest == nil)
        for (digest, found) in [("", "no digest"), ("#\(Self.md5)", "MD5 only")] {
            let refusal = try select("@EXPLICIT\n\(line)\(digest)").packages[0].missingDigest
            #expect(refusal?.code.rawValue == "lock.missing-digest" && refusal?.found == found)
        }
    }
}
