// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats

/// A package that is unusual and good: real tools write each of these forms.
public struct UnusualArchive: Sendable, CustomStringConvertible {
    /// What is unusual about it.
    public let description: String
    /// The name it comes under.
    public let fileName: String
    /// What counting its entries gives.
    public let counts: ArchiveCounts
    /// Makes it.
    public let bytes: @Sendable () throws -> [UInt8]

    private init(
        _ description: String,
        fileName: String = "a-1-0.conda",
        files: Int = 1,
        links: Int = 0,
        hardLinks: Int = 0,
        _ bytes: @escaping @Sendable () throws -> [UInt8]
    ) {
        self.description = description
        self.fileName = fileName
        var counts = ArchiveCounts()
        counts.files = files
        counts.symbolicLinks = links
        counts.hardLinks = hardLinks
        self.counts = counts
        self.bytes = bytes
    }

    /// All of them.
    public static let all: [UnusualArchive] = containers + entries

    private static let containers: [UnusualArchive] = [
        UnusualArchive("an empty package") { try RawPackage().conda() },
        UnusualArchive("zip64 members") {
            try RawPackage().conda { members in for at in members.indices { members[at].isZip64 = true } }
        },
        UnusualArchive("members in another order") { try RawPackage().conda { $0.reverse() } },
        UnusualArchive("two bzip2 streams", fileName: "a-1-0.tar.bz2") {
            let tar = RawPackage().whole + [UInt8](repeating: 0, count: 1024)
            return try PackageBuilder.bzip2(Array(tar[..<700])) + PackageBuilder.bzip2(Array(tar[700...]))
        },
        UnusualArchive("one block of zeros at the end", fileName: "a-1-0.tar.bz2") {
            try PackageBuilder.bzip2(RawPackage().whole + [UInt8](repeating: 0, count: 512))
        },
        UnusualArchive("no block of zeros at the end", fileName: "a-1-0.tar.bz2") {
            try PackageBuilder.bzip2(RawPackage().whole)
        },
        UnusualArchive("ten thousand zeros at the end", fileName: "a-1-0.tar.bz2") {
            try PackageBuilder.bzip2(RawPackage().whole + [UInt8](repeating: 0, count: 10240))
        },
        UnusualArchive("the legacy list of files", fileName: "a-1-0.tar.bz2", files: 2, links: 1) {
            var tar = TarWriter()
            tar.add(.file, "info/files", content: Array("a\nb\n".utf8))
            tar.add(.file, "a")
            tar.add(.symbolicLink, "b", link: "a")
            return try PackageBuilder.bzip2(tar.finished())
        },
    ]

    private static let long = String(repeating: "long/", count: 30) + "name"

    private static let entries: [UnusualArchive] = [
        payload("a long name in pax", [long], files: 2) { $0.add(.file, long) },
        payload("a long name of GNU tar", [long], files: 2) { tar in
            tar.add(.gnuLongName, "././@LongLink", content: Array(long.utf8) + [0])
            tar.add(.file, Array(long.utf8.prefix(100)))
        },
        payload("a long name whose first hundred bytes end in a slash", [long], files: 2) { tar in
            tar.add(.gnuLongName, "././@LongLink", content: Array(long.utf8) + [0])
            tar.add(.file, Array(long.utf8.prefix(99)) + [0x2F])
        },
        payload("a name divided by a prefix", ["b/a"], files: 2) { tar in
            tar.add(.file, [0x61]) { $0[345] = UInt8(ascii: "b") }
        },
        payload("a size in base 256", ["a"], files: 2) { tar in
            tar.add(.file, [0x61]) {
                $0.replaceSubrange(124..<136, with: [0x80] + repeatElement(0, count: 11))
            }
        },
        payload("a size in pax", ["a"], files: 2) { tar in
            tar.pax("size", [0x30])
            tar.add(.file, [0x61])
        },
        payload("remarks for all entries", ["a"], files: 2) { tar in
            tar.pax("comment", [0x61], kind: .paxGlobal)
            tar.add(.file, "a")
        },
        payload("a header of old tar", ["a"], files: 2) { tar in
            tar.add(.file, [0x61]) { block in
                block.replaceSubrange(257..<265, with: repeatElement(0, count: 8))
                block[156] = 0
            }
        },
        payload("a folder of old tar", []) { tar in
            tar.add(.file, Array("a/".utf8)) { block in
                block.replaceSubrange(257..<265, with: repeatElement(0, count: 8))
                block[156] = 0
            }
        },
        payload("names that begin with a dot and a slash", ["a/b"], files: 2) { tar in
            tar.add(.directory, "./")
            tar.add(.directory, "./a/")
            tar.add(.file, "./a/b")
        },
        payload("folders that come after their files, and twice", ["a/b"], files: 2) { tar in
            tar.add(.file, "a/b")
            tar.add(.directory, "a/")
            tar.add(.directory, "a")
        },
        payload("hard links, of hard links too", ["a", "b/c", "d"], files: 2, hardLinks: 2) { tar in
            tar.add(.file, "a")
            tar.add(.hardLink, "b/c", link: "a")
            tar.add(.hardLink, "d", link: "./b/c")
        },
        UnusualArchive("links that climb and stay inside", files: 1, links: 4) {
            let paths = ["a/b/c", "a/b/d", "e", "f"].map { RawPackage.path($0, "softlink") }
            return try RawPackage(paths: paths.joined(separator: ",")) { tar in
                tar.add(.symbolicLink, "a/b/c", link: "../../e")
                tar.add(.symbolicLink, "a/b/d", link: "../..")
                tar.add(.symbolicLink, "e", link: "a/b/../nothing")
                tar.add(.symbolicLink, "f", link: ".")
            }.conda()
        },
        UnusualArchive("names that differ only by case, for Linux", files: 4) {
            try RawPackage(paths: "\(RawPackage.path("A")),\(RawPackage.path("a"))", subdir: "linux-64") {
                tar in
                tar.add(.file, "A")
                tar.add(.file, "a")
            }.conda()
        },
        UnusualArchive("a listed empty folder") {
            try RawPackage(paths: RawPackage.path("a/b", "directory")) { $0.add(.directory, "a/b/") }.conda()
        },
        payload("names beyond ASCII", ["\u{E9}", "\u{65E5}\u{672C}"], files: 3) { tar in
            tar.add(.file, "\u{E9}")
            tar.add(.file, "\u{65E5}\u{672C}")
        },
    ]

    private static func payload(
        _ description: String,
        _ names: [String],
        files: Int = 1,
        hardLinks: Int = 0,
        _ write: @escaping @Sendable (inout TarWriter) -> Void
    ) -> UnusualArchive {
        let paths = names.map { RawPackage.path($0) }.joined(separator: ",")
        return UnusualArchive(description, files: files, hardLinks: hardLinks) {
            try RawPackage(paths: paths, payload: write).conda()
        }
    }
}
