// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TestSupport
import Testing
import TrustCore

@testable import Installer

/// A prefix with one package, changed somehow, and what the audit says of it.
func audit(
    againstPackage: Bool = false,
    _ change: (TemporaryFolder) throws -> Void = { _ in },
    lookup: (PrefixRecord) throws -> IndexStatus = { _ in .listed }
) throws -> AuditReport {
    let folder = try TemporaryFolder()
    let placeholder = PathEntry.Placeholder(text: FakePackage.placeholder, mode: .text)
    let package = FakePackage(contents: [
        "bin/run": .file("#!\(FakePackage.placeholder)/x", mode: 0o755, placeholder: placeholder),
        "lib/a": .file("a", noLink: true), "lib/m.py": .file("m"), "lib/link": .link("a"), "empty": .folder,
    ])
    let prefix = folder.path + "/env"
    _ = try PrefixTransaction(prefix: prefix).install([package.request(in: folder)], options: .test)
    var contents = PackageContents()
    if againstPackage {
        let record = try #require(try InstalledPackages.read(prefix: prefix).records.first)
        try contents.add(
            record,
            package.request(in: folder),
            python: nil,
            prefix: prefix,
            layout: folder.path + "/layout-\(record.name)"
        )
    }
    try change(folder)
    return try PrefixAudit(prefix: prefix).run(against: contents, lookup: lookup)
}

/// Alters a file of the package, and what the package's record says of it.
private func forge(_ path: String, _ bytes: [UInt8], in folder: TemporaryFolder) throws {
    try FileManager.default.removeItem(atPath: "\(folder.path)/env/\(path)")
    try folder.write(bytes, to: "env/\(path)")
    try rewriteEntries(folder) { entry in
        guard entry["_path"] == .string(path) else { return }
        entry["sha256"] = .string(Digest.of(bytes).hex)
        entry["sha256_in_prefix"] = .string(Digest.of(bytes).hex)
        entry["size_in_bytes"] = .number(JSONNumber(Int64(bytes.count)))
    }
}

private func rewriteEntries(_ folder: TemporaryFolder, _ change: (inout JSONObject) -> Void) throws {
    try rewriteRecord(folder) { object in
        guard var data = object["paths_data"]?.object, let paths = data["paths"]?.array else { return }
        data["paths"] = .array(
            paths.map { path in
                guard var entry = path.object else { return path }
                change(&entry)
                return .object(entry)
            }
        )
        object["paths_data"] = .object(data)
    }
}

private func rewriteRecord(_ folder: TemporaryFolder, _ change: (inout JSONObject) -> Void) throws {
    let name = "env/conda-meta/pkg-1.0-0.json"
    var object = try #require(try JSONReader.read(folder.read(name), of: name).object)
    change(&object)
    try folder.write(JSONWriter.encode(.object(object)), to: name)
}

private func replace(_ path: String, byLinkTo target: String, in folder: TemporaryFolder) throws {
    try FileManager.default.removeItem(atPath: "\(folder.path)/env/\(path)")
    try FileManager.default.createSymbolicLink(
        atPath: "\(folder.path)/env/\(path)",
        withDestinationPath: target
    )
}

private let provocations: [AuditCode: @Sendable () throws -> AuditReport] = [
    .missing: { try audit { try FileManager.default.removeItem(atPath: $0.path + "/env/lib/a") } },
    .altered: { try audit { try $0.write([0x62], to: "env/lib/a") } },
    .kindChanged: { try audit { try replace("lib/m.py", byLinkTo: "a", in: $0) } },
    .foreign: { try audit { try $0.write([], to: "env/lib/b") } },
    .unverifiable: {
        try audit { folder in
            try rewriteRecord(folder) {
                $0["paths_data"] = nil
                $0["files"] = ["bin/run", "lib/a", "lib/m.py", "lib/link"]
            }
        }
    },
    .unreadable: {
        try audit { folder in
            let link = "\(folder.path)/env/lib/link"
            try FileManager.default.removeItem(atPath: link)
            let target: [CChar] = [-1, 0]
            #expect(symlink(target, link) == 0)
        }
    },
    .overlap: {
        try audit { folder in
            let record: JSONValue = [
                "name": "zzz", "version": "1", "build": "0", "build_number": 0, "files": ["lib/a"],
            ]
            try folder.write(JSONWriter.encode(record), to: "env/conda-meta/zzz-1-0.json")
        }
    },
    .recordCorrupt: { try audit { try $0.write([], to: "env/conda-meta/other-1-0.json") } },
    .notInIndex: {
        try audit { _ in
        } lookup: { _ in
            .unlisted
        }
    },
    .differsFromIndex: {
        try audit { _ in
        } lookup: { _ in
            .differs(expected: "a", found: "b")
        }
    },
    .notByMaintainers: {
        try audit { _ in
        } lookup: { _ in
            .unsigned(found: "b")
        }
    },
    .notAllowed: {
        try audit { _ in
        } lookup: { _ in
            .notAllowed(reason: "b")
        }
    },
    .differsFromPackage: {
        try audit(againstPackage: true) { try forge("lib/a", Array("evil".utf8), in: $0) }
    },
    .unfinished: { try audit { try $0.write([], to: "env/.kingsnake/journal.json") } },
]

@Test("Every finding of an audit is provoked, and alone", arguments: AuditCode.allCases)
func everyAuditCodeIsProvoked(_ code: AuditCode) throws {
    let provocation = try #require(provocations[code], "no test provokes \(code.rawValue)")
    let report = try provocation()
    #expect(Set(report.findings.map(\.code)) == [code])
    #expect(refusalCode { throw try #require(report.findings.first).refusal } == code.rawValue)
}

@Suite("Auditing a prefix")
struct PrefixAuditTests {
    @Test("A prefix as it was installed is clean")
    func isClean() throws {
        let report = try audit()
        #expect(report.isClean && report.packages == 1 && report.checked == 5 && report.compiled.isEmpty)
    }

    @Test("What Python compiled from an installed source is told apart from foreign files")
    func knowsCompiledFiles() throws {
        let report = try audit {
            try $0.write([], to: "env/lib/__pycache__/m.cpython-312.pyc")
            try $0.write([], to: "env/lib/__pycache__/n.cpython-312.pyc")
        }
        #expect(report.compiled == ["lib/__pycache__/m.cpython-312.pyc"])
        #expect(report.findings.map(\.path) == ["lib/__pycache__/n.cpython-312.pyc"])
    }

    @Test("A folder swapped for a link hides nothing")
    func looksBehindNoLink() throws {
        let report = try audit {
            try FileManager.default.moveItem(atPath: $0.path + "/env/lib", toPath: $0.path + "/elsewhere")
            try FileManager.default.createSymbolicLink(
                atPath: $0.path + "/env/lib",
                withDestinationPath: "../elsewhere"
            )
        }
        #expect(report.findings.map(\.path) == ["lib", "lib/a", "lib/link", "lib/m.py"])
        #expect(report.findings.map(\.code) == [.foreign, .missing, .missing, .missing])
    }

    @Test("A link that leads elsewhere is altered", arguments: ["m.py", "../../x", "/etc/passwd"])
    func checksLinks(target: String) throws {
        let report = try audit { try replace("lib/link", byLinkTo: target, in: $0) }
        #expect(report.findings.map(\.code) == [.altered])
    }

    @Test("A link whose record has the digest of its content, as conda writes it, is clean")
    func acceptsContentDigests() throws {
        let report = try audit { folder in
            try rewriteRecord(folder) { object in
                guard var data = object["paths_data"]?.object, var paths = data["paths"]?.array else {
                    return
                }
                for at in paths.indices where paths[at].object?["_path"] == "lib/link" {
                    guard var entry = paths[at].object else { continue }
                    entry["sha256_in_prefix"] = .string(Digest.of([0x61]).hex)
                    paths[at] = .object(entry)
                }
                data["paths"] = .array(paths)
                object["paths_data"] = .object(data)
            }
        }
        #expect(report.isClean)
    }

    @Test(
        "A file and its record altered together deceive an audit of the records, and not one of the packages"
    )
    func comparesWithPackages() throws {
        for path in ["lib/a", "bin/run"] {
            let deceived = try audit { try forge(path, Array("evil".utf8), in: $0) }
            #expect(deceived.isClean)
            let report = try audit(againstPackage: true) { try forge(path, Array("evil".utf8), in: $0) }
            #expect(report.findings.map(\.code) == [.differsFromPackage])
            #expect(report.findings.map(\.path) == [path])
        }
    }

    @Test(
        "Compared with its package, a prefix as it was installed is clean, and an edited file is only altered"
    )
    func isCleanBesidePackage() throws {
        #expect(try audit(againstPackage: true).isClean)
        let report = try audit(againstPackage: true) { try $0.write([0x62], to: "env/lib/a") }
        #expect(report.findings.map(\.code) == [.altered])
    }

    @Test("A path that only a record has is no path of the package, whatever the record calls it")
    func findsInventedPaths() throws {
        for kind in ["hardlink", "pyc_file", "unix_python_entry_point"] {
            let report = try audit(againstPackage: true) { folder in
                try folder.write(Array("evil".utf8), to: "env/bin/evil")
                try rewriteRecord(folder) { object in
                    guard var data = object["paths_data"]?.object, var paths = data["paths"]?.array else {
                        return
                    }
                    paths.append(["_path": "bin/evil", "path_type": .string(kind)])
                    data["paths"] = .array(paths)
                    object["paths_data"] = .object(data)
                }
            }
            #expect(Set(report.findings.map(\.code)) == [.differsFromPackage, .foreign])
            #expect(Set(report.findings.map(\.path)) == ["bin/evil"])
        }
    }

    @Test("A prefix that is not there is a failure, not a clean audit")
    func failsWithoutPrefix() {
        #expect(throws: Failure.self) { try PrefixAudit(prefix: "/nonexistent/prefix").run() }
    }
}
