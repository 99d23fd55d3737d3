// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats

extension HostileArchive {
    /// Names that lead out, or that are two files on one system and one on another.
    static let names: [HostileArchive] = [
        payload(.pathAbsolute, "an absolute path") { $0.add(.file, "/a") },
        payload(.pathAbsolute, "an absolute path in pax") { tar in
            tar.pax("path", Array("/a".utf8))
            tar.add(.file, "a")
        },
        payload(.pathAbsolute, "an absolute path from the header's prefix") { tar in
            tar.add(.file, [0x61]) { block in
                block[263] = UInt8(ascii: "0")
                block[345] = UInt8(ascii: "/")
            }
        },
        payload(.pathParent, "a path that climbs out") { $0.add(.file, "../sentinel") },
        payload(.pathParent, "a path that climbs out after climbing in") {
            $0.add(.file, "b/../../sentinel")
        },
        payload(.pathParent, "a folder that climbs out") { $0.add(.directory, "../b/") },
        payload(.pathParent, "a long name that climbs out") { tar in
            tar.add(.gnuLongName, "x", content: Array("../sentinel".utf8) + [0])
            tar.add(.file, "a")
        },
        payload(.pathUnsafe, "a backslash") { $0.add(.file, "a\\b") },
        payload(.pathUnsafe, "a drive letter") { $0.add(.file, "c:a") },
        payload(.pathUnsafe, "a control character") { $0.add(.file, "a\u{1B}b") },
        payload(.pathUnsafe, "a name that is not UTF-8") { $0.add(.file, [0xFF]) },
        payload(.pathUnsafe, "an empty component") { $0.add(.file, "a//b") },
        payload(.pathUnsafe, "a dot in the middle") { $0.add(.file, "a/./b") },
        payload(.pathUnsafe, "an empty name") { $0.add(.file, "") },
        payload(.pathUnsafe, "a component of 256 bytes") {
            $0.add(.file, String(repeating: "a", count: 256))
        },
        payload(.pathUnsafe, "a path beyond the limit of depth", limits: limits { $0.depth = 2 }) {
            $0.add(.file, "a/b/c")
        },
        payload(.pathUnsafe, "an end in the middle of a pax name") { tar in
            tar.pax("path", [0x61, 0, 0x62])
            tar.add(.file, "a")
        },
        payload(.duplicateName, "a file twice") { tar in
            tar.add(.file, "a")
            tar.add(.file, "a")
        },
        payload(.duplicateName, "a file twice, in two spellings") { tar in
            tar.add(.file, "a")
            tar.add(.file, "./a")
        },
        payload(.duplicateName, "a folder where a file is") { tar in
            tar.add(.file, "a")
            tar.add(.directory, "a/")
        },
        payload(.duplicateName, "a file where a folder is") { tar in
            tar.add(.file, "a/b")
            tar.add(.file, "a")
        },
        payload(.duplicateName, "a file where a link is") { tar in
            tar.add(.symbolicLink, "a", link: "b")
            tar.add(.file, "a")
        },
        payload(.duplicateName, "a link where a folder is") { tar in
            tar.add(.directory, "a/")
            tar.add(.symbolicLink, "a", link: "b")
        },
        inBothParts,
        payload(.caseCollision, "two names that differ only by case") { tar in
            tar.add(.file, "A")
            tar.add(.file, "a")
        },
        payload(.caseCollision, "two folders that differ only by case") { tar in
            tar.add(.file, "A/b")
            tar.add(.file, "a/c")
        },
        forAnotherPlatform("noarch"), forAnotherPlatform("osx-arm64"), forAnotherPlatform("win-64"),
        payload(.caseCollision, "two names beyond ASCII that differ only by case") { tar in
            tar.add(.file, "\u{C9}")
            tar.add(.file, "\u{E9}")
        },
        payload(.caseCollision, "a look-alike of the info folder") { $0.add(.file, "INFO/a") },
        payload(.unicodeCollision, "one name in two Unicode forms") { tar in
            tar.add(.file, "\u{E9}")
            tar.add(.file, "e\u{301}")
        },
        payload(.unicodeCollision, "an ASCII letter and its double beyond ASCII") { tar in
            tar.add(.file, ";")
            tar.add(.file, "\u{37E}")
        },
        payload(.unicodeCollision, "the same in the other order") { tar in
            tar.add(.file, "\u{37E}")
            tar.add(.file, ";")
        },
        HostileArchive(.unicodeCollision, "two Unicode forms in a package for Linux") {
            try RawPackage(subdir: "linux-64") { tar in
                tar.add(.file, "\u{E9}")
                tar.add(.file, "e\u{301}")
            }.conda()
        },
    ]

    private static let inBothParts = HostileArchive(.infoOutsideInfo, "one name in both parts") {
        try RawPackage { $0.add(.file, "info/paths.json") }.conda()
    }

    private static func forAnotherPlatform(_ subdir: String) -> HostileArchive {
        HostileArchive(.caseCollision, "two names that differ only by case in a package for \(subdir)") {
            try RawPackage(paths: "\(RawPackage.path("A")),\(RawPackage.path("a"))", subdir: subdir) { tar in
                tar.add(.file, "A")
                tar.add(.file, "a")
            }.conda()
        }
    }
}
