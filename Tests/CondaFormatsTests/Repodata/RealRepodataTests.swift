// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@testable import CondaFormats

@Suite("Real indexes", .enabled(if: SharedData.isPresent, "\(SharedData.absence)"))
struct RealRepodataTests {
    @Test(
        "Every record of a real index is read, and equals what a reader of the whole text sees",
        arguments: [
            ("conda-conda/tests/data/repodata/r_linux-64.json", 4_211),
            ("rattler/test-data/channels/pytorch/linux-64/repodata.json", 2_181),
            ("conda-conda/tests/data/repodata/main_noarch.json", 322),
            ("conda-conda/tests/data/repodata/conda-test_noarch.json", 10),
            ("conda-conda/tests/data/conda_format_repo/linux-64/repodata.json", 3),
            ("conda-conda/tests/data/conda_format_repo/win-64/repodata.json", 5),
            ("conda-conda/tests/data/test-recipes/noarch/repodata.json", 32),
            ("conda-index/tests/index_hotfix_pkgs/osx-64/repodata.json", 4),
            ("mamba/libmamba/tests/data/repodata/conda-forge-numpy-linux-64.json", 34),
        ]
    )
    func equal(path: String, count: Int) throws {
        let text = try RepodataSamples.shared(path)
        let index = try RepodataIndex(text)
        let whole = try JSONFields(JSONReader.read(text, of: path), of: path)
        let sections = try ["packages", "packages.conda"].compactMap { try whole.optionalFields($0) }
        #expect(index.count == count)
        #expect(sections.map(\.object.count).reduce(0, +) == count)
        var byName: [PackageName: [String]] = [:]
        for member in sections.flatMap(\.object.members) {
            let record = try #require(try index.record(fileName: member.key))
            #expect(.object(record.raw) == member.value)
            byName[record.name, default: []].append(member.key)
        }
        for (name, files) in byName {
            #expect(index.fileNames(named: name).sorted() == files.sorted())
        }
        #expect(Set(index.packageNames) == Set(byName.keys.map(\.raw)))
    }

    @Test("Every index of the shared data opens or is refused for a reason we know")
    func all() throws {
        // It holds a name with a NUL character, written as an escape.
        let refused = [
            "rattler/test-data/channels/dummy-no-conda-packages/linux-64/repodata.json": "repodata.file-name"
        ]
        let paths = RepodataSamples.sharedIndexes()
        #expect(paths.count > 40)
        for path in paths {
            let code = refusalCode { try RepodataIndex(RepodataSamples.shared(path)) }
            #expect(code == refused[path], "\(path)")
        }
    }

    @Test("Writing a real index again gives the same records, and writing that again the same bytes")
    func rewrite() throws {
        let index = try RepodataIndex(
            RepodataSamples.shared("conda-conda/tests/data/repodata/main_noarch.json")
        )
        let records = try index.fileNames.compactMap { try index.record(fileName: $0) }
        let once = try RepodataWriter.encode(index.info, records: records.reversed(), removed: index.removed)
        let again = try RepodataIndex(once)
        #expect(again.fileNames == index.fileNames)
        for record in records { #expect(try again.record(fileName: record.fileName)?.raw == record.raw) }
        #expect(try RepodataWriter.encode(again.info, records: records, removed: again.removed) == once)
    }
}
