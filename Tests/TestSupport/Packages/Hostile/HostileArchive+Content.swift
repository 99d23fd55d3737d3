// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TrustCore

extension HostileArchive {
    /// Packages that are not what their own manifest says.
    static let content: [HostileArchive] = [
        HostileArchive(.noManifest, "no manifest") {
            var package = RawPackage()
            package.info = TarWriter()
            return try package.conda()
        },
        payload(.infoOutsideInfo, "information about the package in the payload") { $0.add(.file, "info/a") },
        HostileArchive(.infoOutsideInfo, "a file of the payload in the info part") {
            var package = RawPackage()
            package.info.add(.file, "a")
            return try package.conda()
        },
        HostileArchive(.infoLink, "a manifest that is a symbolic link") {
            var package = RawPackage()
            package.info = TarWriter()
            package.info.add(.file, "info/files")
            package.info.add(.symbolicLink, "info/paths.json", link: "x")
            return try package.conda()
        },
        HostileArchive(.infoLink, "a manifest that is a hard link") {
            var package = RawPackage()
            package.info = TarWriter()
            package.info.add(.file, "info/files")
            package.info.add(.file, "info/x")
            package.info.add(.hardLink, "info/paths.json", link: "info/x")
            return try package.conda()
        },
        HostileArchive(.infoLink, "the folder of the manifest is a link", fileName: "a-1-0.tar.bz2") {
            var tar = TarWriter()
            tar.add(.symbolicLink, "info", link: "b")
            return try PackageBuilder.bzip2(tar.finished())
        },
        payload(.fileMissing, "a listed file is not there", paths: RawPackage.path("a")) { _ in },
        payload(.fileUnlisted, "a file is not listed") { $0.add(.file, "a") },
        payload(.fileUnlisted, "a link is not listed") { $0.add(.symbolicLink, "a", link: "b") },
        payload(.fileUnlisted, "a hard link is not listed", paths: RawPackage.path("a")) { tar in
            tar.add(.file, "a")
            tar.add(.hardLink, "b", link: "a")
        },
        payload(.fileAltered, "a file was changed", paths: entry("a", of: [1])) {
            $0.add(.file, "a", content: [2])
        },
        payload(
            .fileAltered,
            "a file with many names was changed",
            paths: "\(entry("a", of: [2])),\(entry("b", of: [1]))"
        ) { tar in
            tar.add(.file, "a", content: [2])
            tar.add(.hardLink, "b", link: "a")
        },
        payload(
            .fileAltered,
            "a link leads to another file",
            paths: "\(entry("a", of: [2])),\(entry("b", of: [1], "softlink"))"
        ) { tar in
            tar.add(.file, "a", content: [2])
            tar.add(.symbolicLink, "b", link: "a")
        },
        payload(.fileSize, "a file has another length", paths: entry("a", of: [1, 1])) {
            $0.add(.file, "a", content: [1])
        },
        payload(.kindMismatch, "a link where a file is listed", paths: RawPackage.path("a")) {
            $0.add(.symbolicLink, "a", link: "b")
        },
        payload(.kindMismatch, "a file where a link is listed", paths: RawPackage.path("a", "softlink")) {
            $0.add(.file, "a")
        },
        payload(.kindMismatch, "a file where a folder is listed", paths: RawPackage.path("a", "directory")) {
            $0.add(.file, "a")
        },
        payload(.kindMismatch, "a folder where a file is listed", paths: RawPackage.path("a")) {
            $0.add(.directory, "a/")
        },
    ]

    private static func entry(_ name: String, of content: [UInt8], _ kind: String = "hardlink") -> String {
        let sha256 = Digest.of(content).hex
        return
            #"{"_path":"\#(name)","path_type":"\#(kind)","sha256":"\#(sha256)","size_in_bytes":\#(content.count)}"#
    }
}
