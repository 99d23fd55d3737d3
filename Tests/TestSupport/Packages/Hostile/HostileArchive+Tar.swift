// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats

extension HostileArchive {
    /// Tar data that is damaged, or that two readers read differently.
    static let tar: [HostileArchive] = [
        tarData(.truncated, "no tar data at all") { [] },
        tarData(.truncated, "tar data cut in a header") { Array(RawPackage().whole.prefix(100)) },
        tarData(.truncated, "tar data cut in a file") { Array(RawPackage().whole.prefix(520)) },
        tarData(.truncated, "tar data cut in the padding") { Array(RawPackage().whole.prefix(1000)) },
        tarData(.trailingData, "an entry after the end") {
            RawPackage().whole + [UInt8](repeating: 0, count: 1024) + RawPackage().whole
        },
        tarData(.trailingData, "an entry after a single block of zeros") {
            RawPackage().whole + [UInt8](repeating: 0, count: 512) + RawPackage().whole
        },
        payload(.tarChecksum, "a header without its checksum") { $0.add(.file, [0x61], checksumOffset: 1) },
        payload(.tarField, "a size that is no number") { tar in
            tar.add(.file, [0x61]) { $0[124] = UInt8(ascii: "9") }
        },
        payload(.tarField, "a negative size") { tar in tar.add(.file, [0x61]) { $0[124] = 0xFF } },
        payload(.tarField, "a base-256 size beyond 64 bits") { tar in
            tar.add(.file, [0x61]) { $0.replaceSubrange(124..<127, with: [0x80, 0, 1]) }
        },
        payload(.tarField, "a folder with content") { tar in tar.add(.directory, [0x61], statedSize: 512) },
        payload(.tarField, "a link with content") { tar in
            tar.add(.symbolicLink, [0x61], content: [0], link: [0x62])
        },
        payload(.tarField, "a file whose name ends like a folder's") { $0.add(.file, "a/") },
        payload(.tarField, "a prefix that only some readers put in front") { tar in
            tar.add(.file, [0x61]) { block in
                block.replaceSubrange(257..<265, with: Array("ustar  ".utf8) + [0])
                block[345] = UInt8(ascii: "b")
            }
        },
        payload(.tarField, "a ustar header of no known form") { tar in
            tar.add(.file, [0x61]) { $0[262] = 0x21 }
        },
        payload(.tarType, "an entry of an unknown type") { $0.add(.contiguous, "a") },
        payload(.tarType, "a sparse file of GNU tar") { $0.add(.gnuSparse, "a") },
        payload(.tarType, "a sparse file in pax") { tar in
            tar.pax("GNU.sparse.major", [0x31])
            tar.add(.file, "a")
        },
        payload(.tarExtension, "a malformed pax record") { $0.add(.paxEntry, "x", content: [0x78]) },
        payload(.tarExtension, "a pax record longer than its header") {
            $0.add(.paxEntry, "x", content: Array("99 path=a\n".utf8))
        },
        payload(.tarExtension, "a pax record twice") {
            $0.add(.paxEntry, "x", content: Array("10 path=a\n10 path=b\n".utf8))
        },
        payload(.tarExtension, "a size in pax that is no number") { $0.pax("size", [0x2D, 0x31]) },
        payload(.tarExtension, "a name for all entries") { $0.pax("path", [0x61], kind: .paxGlobal) },
        payload(.tarExtension, "an empty long name") { $0.add(.gnuLongName, "x") },
        payload(.tarExtension, "a long name with an end in its middle") {
            $0.add(.gnuLongName, "x", content: [0x61, 0, 0x62, 0])
        },
        payload(.tarExtension, "two names for one entry") { tar in
            tar.add(.gnuLongName, "x", content: [0x62, 0])
            tar.pax("path", [0x61])
            tar.add(.file, "a")
        },
        payload(.tarExtension, "an extended header for nothing") { $0.pax("path", [0x61]) },
        payload(.tooLarge, "a pax header beyond the limit", limits: limits { $0.extensionBytes = 4 }) {
            $0.pax("path", [0x61])
        },
        payload(.tooLarge, "a file beyond the limit", limits: limits { $0.fileBytes = 0 }) {
            $0.add(.file, "a", content: [0])
        },
        payload(.tooLarge, "a base-256 size beyond all limits") { tar in
            tar.add(.file, [0x61]) {
                $0.replaceSubrange(124..<136, with: [0x80, 0, 0, 0] + repeatElement(0xFF, count: 8))
            }
        },
        payload(.tooManyEntries, "more entries than the limit", limits: limits { $0.entries = 0 }) {
            $0.add(.file, "a")
        },
        payload(.tooManyEntries, "one file that implies too many folders", limits: limits { $0.entries = 9 })
        {
            $0.add(.file, "a/b/c/d/e/f/g/h/i/j")
        },
        payload(.tooManyEntries, "names that are too long together", limits: limits { $0.nameBytes = 60 }) {
            $0.add(.file, "a-long-name/a-long-name/a-long-name")
        },
        payload(.device, "a character device") { $0.add(.characterDevice, "a") },
        payload(.device, "a block device") { $0.add(.blockDevice, "a") },
        payload(.device, "a pipe") { $0.add(.pipe, "a") },
    ]

    static func limits(_ edit: (inout ArchiveLimits) -> Void) -> ArchiveLimits {
        var limits = ArchiveLimits()
        edit(&limits)
        return limits
    }
}
