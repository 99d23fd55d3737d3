// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TestSupport
import Testing
import TrustCore

@Suite("File names of archives")
struct ArchiveFileNameTests {
    @Test(
        "A file name is taken apart at its last two hyphens, and reads back",
        arguments: [
            ("numpy-2.1.0-py313h_0.conda", "numpy", "2.1.0", "py313h_0"),
            ("ld_impl_linux-64-2.40-h41732ed_0.conda", "ld_impl_linux-64", "2.40", "h41732ed_0"),
            ("_libgcc_mutex-0.1-conda_forge.tar.bz2", "_libgcc_mutex", "0.1", "conda_forge"),
            ("a-1!2.0+x_1-0.tar.bz2", "a", "1!2.0+x_1", "0"), ("a.tar.bz2-1-0.conda", "a.tar.bz2", "1", "0"),
            ("PyYAML-3.0RC1-Py_0.conda", "PyYAML", "3.0RC1", "Py_0"),
            ("a-1.conda-0.conda", "a", "1.conda", "0"),
        ]
    )
    func parts(_ text: String, _ name: String, _ version: String, _ build: String) throws {
        let file = try ArchiveFileName(text)
        #expect(file.name.raw == name && file.version == version && file.build == build)
        #expect(file.text == text && "\(file)" == text && file.distribution + file.format.suffix == text)
        let again = try ArchiveFileName(name: file.name, version: version, build: build, format: file.format)
        #expect(again == file)
    }

    @Test("The end of the name says the format")
    func formats() throws {
        #expect(try ArchiveFileName("a-1-0.conda").format == .conda)
        #expect(try ArchiveFileName("a-1-0.tar.bz2").format == .tarBz2)
        #expect(try ArchiveFileName("a-1-0.conda").with(.tarBz2) == "a-1-0.tar.bz2")
    }

    @Test(
        "Names that are no file name of a package are refused, each for its own reason",
        arguments: [
            ("", .fileFormat), ("a-1-0", .fileFormat), ("a-1-0.tar.gz", .fileFormat),
            ("a-1-0.CONDA", .fileFormat),
            ("a-1-0.conda ", .fileFormat), ("a-1-0.conda/", .fileFormat), (".conda", .fileName),
            ("a.conda", .fileName),
            ("a-1.conda", .fileName), ("-1-0.conda", .fileName), ("a--0.conda", .fileName),
            ("a-1-.conda", .fileName),
            ("--.conda", .fileName), ("a/b-1-0.conda", .packageName), ("../a-1-0.conda", .packageName),
            ("a-1-0\0.conda", .buildText), ("a-../x-0.conda", .versionText), ("a-1-0/1.conda", .buildText),
            ("a-1\\-0.conda", .versionText), ("a-1-0 .conda", .buildText), ("a-1*-0.conda", .versionText),
            ("a-1-0!.conda", .buildText), ("a-\u{E9}-0.conda", .versionText),
            ("\u{E9}-1-0.conda", .packageName),
            ("__glibc-2.17-0.conda", .virtualPackage), ("a b-1-0.conda", .packageName),
        ] as [(String, NameCode)]
    )
    func refused(_ text: String, _ code: NameCode) {
        #expect(refusalCode { try ArchiveFileName(text) } == code.rawValue)
    }

    @Test("Version and build may have 64 bytes each, and the name 211")
    func lengths() throws {
        let part = String(repeating: "1", count: 64)
        _ = try ArchiveFileName("a-\(part)-\(part).conda")
        #expect(refusalCode { try ArchiveFileName("a-1\(part)-0.conda") } == "name.version-text")
        #expect(refusalCode { try ArchiveFileName("a-0-1\(part).conda") } == "name.build-text")
        let long = String(repeating: "a", count: 300)
        #expect(refusalCode { try ArchiveFileName("\(long)-1-0.conda") } == "name.file-name")
    }

    @Test("Parts with a hyphen do not make a file name that reads differently")
    func hyphens() throws {
        let name = try PackageName("a")
        #expect(
            refusalCode { try ArchiveFileName(name: name, version: "1-2", build: "0", format: .conda) }
                == "name.file-name"
        )
        #expect(
            refusalCode { try ArchiveFileName(name: name, version: "1", build: "2-0", format: .conda) }
                == "name.file-name"
        )
    }

    @Test("File names that differ in case are two files of one package name")
    func caseOfNames() throws {
        let (a, b) = (try ArchiveFileName("A-1-0.conda"), try ArchiveFileName("a-1-0.conda"))
        #expect(a != b && a.name == b.name)
    }

    @Test(
        "All packages of the shared data have file names that are taken, and versions that can be ordered",
        .enabled(if: SharedData.isPresent, "\(SharedData.absence)")
    )
    func sharedData() throws {
        var count = 0
        let files = FileManager.default.enumerator(atPath: SharedData.root + "/conda")
        while let path = files?.nextObject() as? String {
            guard path.hasSuffix(".conda") || path.hasSuffix(".tar.bz2") else { continue }
            let file = path.split(separator: "/").last ?? ""
            guard file.split(separator: "-").count >= 3 else { continue }
            let name = try ArchiveFileName(file)
            _ = try CondaVersion(name.version)
            #expect(name.text == file)
            count += 1
        }
        #expect(count > 100)
    }
}
