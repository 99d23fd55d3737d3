// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats

extension HostileArchive {
    /// Links that lead out, and entries that go through links.
    static let links: [HostileArchive] = [
        payload(.linkEscape, "a link out") { $0.add(.symbolicLink, "a", link: "..") },
        payload(.linkEscape, "a link to an absolute path") { $0.add(.symbolicLink, "a", link: "/etc") },
        payload(.linkEscape, "a link out of a deep folder") {
            $0.add(.symbolicLink, "a/b/c", link: "../../../sentinel")
        },
        payload(.linkEscape, "a link out after going in") { $0.add(.symbolicLink, "a", link: "b/../../c") },
        payload(.linkEscape, "a link with a backslash") { $0.add(.symbolicLink, "a", link: "b\\c") },
        payload(.tarField, "a link without a target") { $0.add(.symbolicLink, "a") },
        payload(.linkEscape, "a link that climbs after going through another link") { tar in
            // By its letters it stays at the top; followed, it is two folders above.
            tar.add(.symbolicLink, "a", link: ".")
            tar.add(.symbolicLink, "b", link: "a/a/../../sentinel")
        },
        payload(.linkEscape, "the same before the other link is known") { tar in
            tar.add(.symbolicLink, "b", link: "a/a/../../sentinel")
            tar.add(.symbolicLink, "a", link: ".")
        },
        payload(.linkEscape, "a link that climbs from a folder that another package may have made a link") {
            $0.add(.symbolicLink, "b", link: "c/d/../../e")
        },
        payload(.throughLink, "a file below a link") { tar in
            tar.add(.symbolicLink, "a", link: "b")
            tar.add(.file, "a/c")
        },
        payload(.throughLink, "a file below a link to a folder of the package") { tar in
            tar.add(.directory, "b/")
            tar.add(.symbolicLink, "a", link: "b")
            tar.add(.file, "a/c/d")
        },
        payload(.throughLink, "a folder below a link") { tar in
            tar.add(.symbolicLink, "a", link: ".")
            tar.add(.directory, "a/c/")
        },
        payload(.throughLink, "a link below a link") { tar in
            tar.add(.symbolicLink, "a", link: ".")
            tar.add(.symbolicLink, "a/b", link: "c")
        },
        payload(.throughLink, "a file below a file") { tar in
            tar.add(.file, "a")
            tar.add(.file, "a/b")
        },
        payload(.hardLinkTarget, "a hard link to nothing") { $0.add(.hardLink, "a", link: "b") },
        payload(.hardLinkTarget, "a hard link to itself") { $0.add(.hardLink, "a", link: "a") },
        payload(.hardLinkTarget, "a hard link to a link") { tar in
            tar.add(.symbolicLink, "b", link: "c")
            tar.add(.hardLink, "a", link: "b")
        },
        payload(.hardLinkTarget, "a hard link to a folder") { tar in
            tar.add(.directory, "b/")
            tar.add(.hardLink, "a", link: "b")
        },
        payload(.hardLinkTarget, "a hard link to a later file") { tar in
            tar.add(.hardLink, "a", link: "b")
            tar.add(.file, "b")
        },
        payload(.pathParent, "a hard link out") { $0.add(.hardLink, "a", link: "../sentinel") },
        payload(.pathAbsolute, "a hard link to an absolute path") {
            $0.add(.hardLink, "a", link: "/etc/passwd")
        },
        HostileArchive(.hardLinkTarget, "a hard link from one part into the other") {
            var package = RawPackage { $0.add(.file, "a") }
            package.info.add(.hardLink, "info/b", link: "a")
            return try package.conda()
        },
    ]
}
