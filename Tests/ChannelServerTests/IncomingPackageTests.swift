// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("Packages that are to be put into a channel")
struct IncomingPackageTests {
    private func inspect(_ package: PackageBuilder, _ format: ArchiveFormat = .conda) throws
        -> IncomingPackage
    {
        let folder = try TemporaryFolder()
        let path = try folder.write(try package.build(format), to: package.fileName(format))
        return try IncomingPackage(inspecting: path)
    }

    @Test(
        "A path that installers keep for themselves is refused, as installing does",
        arguments: [
            ("conda-meta/other-1-0.json", "package.reserved-path"), ("Conda-Meta/x", "package.reserved-path"),
            (".kingsnake/journal.json", "package.reserved-path"), ("share/conda-meta/x", nil),
            ("conda-metadata/x", nil),
        ] as [(String, String?)],
        ArchiveFormat.allCases
    )
    func reservedPaths(_ example: (path: String, code: String?), _ format: ArchiveFormat) {
        var package = PackageBuilder(name: "a", version: "1", build: "0", subdir: "linux-64")
        package.add(file: example.path, "{}")
        #expect(refusalCode { try inspect(package, format) } == example.code)
    }

    @Test(
        "Entry points that could not be installed are refused",
        arguments: [
            ("../../evil = a:b", "package.entry-point"), ("x = a:b;evil", "package.entry-point"),
            ("x = a:b", nil),
        ] as [(String, String?)]
    )
    func entryPoints(_ text: String, _ code: String?) {
        var package = PackageBuilder(name: "a", version: "1", build: "0", subdir: "noarch")
        package.noarch = .python
        package.entryPoints = [text]
        #expect(refusalCode { try inspect(package) } == code)
    }

    @Test(
        "A version that cannot be ordered is refused",
        arguments: [
            ("1..0", "version.invalid"), ("1!2!3", "version.invalid"), ("1.0", nil), ("1!2.post1+a", nil),
        ]
            as [(String, String?)]
    )
    func versions(_ version: String, _ code: String?) {
        let package = PackageBuilder(name: "a", version: version, build: "0", subdir: "linux-64")
        #expect(refusalCode { try inspect(package) } == code)
    }

    @Test("What only an index or an installation may say of a package is not taken from the package")
    func foreignMembers() throws {
        let plain = try inspect(PackageBuilder(name: "a", version: "1", build: "0", subdir: "linux-64"))
        for member in [
            "fn", "url", "channel", "schannel", "sha256", "md5", "size", "files", "paths_data", "link",
            "requested_spec", "legacy_bz2_md5", "revoked", "attestations_sha256",
        ] {
            var package = PackageBuilder(name: "a", version: "1", build: "0", subdir: "linux-64")
            package.indexExtras[member] = "https://evil.example.org/other-1-0.conda"
            package.indexExtras["about_us"] = "kept"
            let incoming = try inspect(package)
            let keys = Set(incoming.record.raw.members.map(\.key))
            #expect(keys == Set(plain.record.raw.members.map(\.key)).union(["about_us"]), "\(member)")
            #expect(incoming.record.sha256 == incoming.sha256 && incoming.record.size == incoming.size)
        }
    }
}
