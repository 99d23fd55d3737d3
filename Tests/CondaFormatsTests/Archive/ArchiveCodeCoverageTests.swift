// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TestSupport
import Testing
import TrustCore

@Suite("Every refusal of archives")
struct ArchiveCodeCoverageTests {
    @Test(
        "Each hostile archive is refused with the code that names its defect",
        arguments: HostileArchive.all
    )
    func refused(_ archive: HostileArchive) throws {
        let source = BytesSource(try archive.bytes())
        let name = try ArchiveFileName(archive.fileName)
        let code = refusalCode {
            try PackageArchiveReader.read(
                source,
                fileName: name,
                limits: archive.limits,
                into: DiscardingVisitor()
            )
        }
        #expect(code == archive.code.rawValue)
    }

    @Test("Each code is provoked by a hostile archive", arguments: ArchiveCode.allCases)
    func provoked(_ code: ArchiveCode) {
        #expect(HostileArchive.all.contains { $0.code == code })
    }

    @Test("Each code explains itself by the rules of messages", arguments: ArchiveCode.allCases)
    func explained(_ code: ArchiveCode) {
        let entry = code.entry
        #expect(!entry.summary.isEmpty && !entry.summary.hasSuffix("."))
        #expect(entry.explanation.hasSuffix("."))
        #expect(!entry.remedy.isEmpty && !entry.remedy.hasSuffix("."))
    }
}
