// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TrustCore

extension Fuzzer {
    /// `info/paths.json`.
    static let pathsJSON = Fuzzer("paths-json") { bytes in
        let manifest = try PathsManifest.read(infoFiles: ["info/paths.json": bytes])
        Finding.unlessEqual(manifest.source, .pathsJSON, "the source")
        PlainRules.checkUnique(manifest.entries.map(\.path))
    }

    /// `info/files`, `info/has_prefix` and `info/no_link`, with a NUL between them.
    static let legacyPaths = Fuzzer("legacy-paths") { bytes in
        var parts = InputParts(bytes)
        var files = ["info/files": parts.part(endingAt: 0)]
        if !parts.isAtEnd { files["info/has_prefix"] = parts.part(endingAt: 0) }
        if !parts.isAtEnd { files["info/no_link"] = parts.remainder }
        let manifest = try PathsManifest.read(infoFiles: files)
        Finding.unlessEqual(manifest.source, .legacy, "the source")
        PlainRules.checkUnique(manifest.entries.map(\.path))
    }

    /// `info/index.json` and `info/link.json`, whichever it is.
    static let packageInfo = Fuzzer("package-info") { bytes in
        if let index = try Finding.accepted({ try PackageIndex.read(bytes) }) {
            let file = "\(index.name)-\(index.version)-\(index.build).json"
            Finding.unless(PlainRules.isName(file), "`\(file)` is no file")
            index.pythonSitePackagesPath.map(PlainRules.check)
        }
        let link = try LinkInfo.read(bytes)
        for point in link.entryPoints { checkEntryPoint(point) }
    }

    /// Entry points, one a line.
    static let entryPoints = Fuzzer("entry-points") { bytes in
        for line in InputParts(bytes).lines(8) {
            _ = try Finding.accepted { checkEntryPoint(try EntryPoint.parse(line)) }
        }
    }

    private static func checkEntryPoint(_ point: EntryPoint) {
        Finding.unless(PlainRules.isName(point.name), "`\(point.name)` is no file")
        let letters = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_".utf8)
        for name in [point.module, point.function] {
            for part in name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
                Finding.unless(
                    !part.isEmpty && part.allSatisfy(letters.contains),
                    "`\(name)` is no Python name"
                )
            }
        }
        let again = Finding.ifRefused("an entry point is refused when written") {
            try EntryPoint.parse("\(point.name)=\(point.module):\(point.function)")
        }
        Finding.unlessEqual(again, point, "the entry point that was written")
    }

    /// A record of `conda-meta`; what is read survives being written.
    static let prefixRecord = Fuzzer("prefix-record") { bytes in
        let limits = JSONLimits(bytes: 1 << 20, depth: 30)
        let fields = try JSONFields(try JSONReader.read(bytes, of: "input", limits: limits), of: "input")
        let record = try PrefixRecord(fields.object)
        Finding.unless(PlainRules.isName(record.recordFileName), "`\(record.recordFileName)` is no file")
        PlainRules.checkUnique(record.entries.map(\.path))
        record.pythonSitePackagesPath.map(PlainRules.check)
        let again = Finding.ifRefused("a record is refused when written") {
            try PrefixRecord.read(record.encode(), named: record.recordFileName)
        }
        Finding.unless(again.object == record.object, "the record that was written differs")
        var copy = record.object
        copy["paths_data"] = ["paths_version": 1, "paths": .array(record.entries.map(\.json))]
        let entries = Finding.ifRefused("entries are refused when written") { try PrefixRecord(copy).entries }
        Finding.unlessEqual(entries, record.entries, "the entries that were written")
    }
}
