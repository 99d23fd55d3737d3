// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import Installer
import TestSupport
import Testing
import TrustCore

@Suite("Unpacking packages")
struct ExtractionTests {
    @Test("Unusual packages unpack, and leave nothing else", arguments: UnusualArchive.all)
    func unusual(_ archive: UnusualArchive) throws {
        let bytes = try archive.bytes()
        let place = try ExtractionPlace(bytes, fileName: archive.fileName)
        let extracted = try place.extract(expecting: (Digest.of(bytes), UInt64(bytes.count)))
        #expect(extracted.directory == place.target)
        #expect(extracted.sha256 == Digest.of(bytes))
        #expect(try place.besideTarget() == ["target"])
    }

    @Test("Names, bytes, modes and links arrive as they are", arguments: [ArchiveFormat.conda, .tarBz2])
    func tree(_ format: ArchiveFormat) throws {
        var builder = PackageBuilder(name: "a", version: "1", build: "0", subdir: "linux-64")
        builder.add(file: "bin/a", "#!/bin/sh\n", executable: true)
        builder.add(file: "lib/a", bytes: [])
        builder.addLink("lib/b", to: "../bin/a")
        builder.addFolder("share/empty")
        let place = try ExtractionPlace(builder.build(format), fileName: builder.fileName(format))
        try place.extract()
        let manager = FileManager.default
        let mode = { (path: String) in
            try manager.attributesOfItem(atPath: "\(place.target)/\(path)")[.posixPermissions] as? Int
        }
        #expect(try String(contentsOfFile: place.target + "/bin/a", encoding: .utf8) == "#!/bin/sh\n")
        #expect(try mode("bin/a") == 0o755)
        #expect(try mode("lib/a") == 0o644)
        #expect(try mode("") == 0o755)
        #expect(try manager.destinationOfSymbolicLink(atPath: place.target + "/lib/b") == "../bin/a")
        #expect(try manager.contentsOfDirectory(atPath: place.target + "/share/empty") == [])
        let entries = try manager.subpathsOfDirectory(atPath: place.target).sorted()
        #expect(
            entries.filter { !$0.hasPrefix("info") } == [
                "bin", "bin/a", "lib", "lib/a", "lib/b", "share", "share/empty",
            ]
        )
    }

    @Test(
        "Checking finds the same as unpacking, for every package of others",
        .enabled(if: SharedData.isPresent, "\(SharedData.absence)"),
        arguments: SharedPackage.good
    )
    func real(_ package: SharedPackage) throws {
        let folder = try TemporaryFolder()
        let name = try ArchiveFileName(package.fileName)
        let checked = try PackageExtractor.check(archivePath: package.absolutePath, fileName: name)
        let extracted = try PackageExtractor.extract(
            archivePath: package.absolutePath,
            fileName: name,
            into: folder.path + "/a"
        )
        #expect(checked.sha256 == extracted.sha256)
        #expect(checked.manifest.entries == extracted.manifest.entries)
        for entry in extracted.manifest.entries {
            let path = "\(extracted.directory)/\(entry.path)"
            switch entry.kind {
            case .file where extracted.manifest.source == .pathsJSON:
                let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
                #expect(entry.sha256 == nil || entry.sha256 == Digest.of(bytes))
            default:
                #expect((try? FileManager.default.attributesOfItem(atPath: path)) != nil)
            }
        }
    }
}
