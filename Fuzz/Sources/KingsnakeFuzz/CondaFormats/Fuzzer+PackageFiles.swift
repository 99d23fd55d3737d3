// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TrustCore

extension Fuzzer {
    /// `info/paths.json`.
    static let pathsJSON = Fuzzer("paths-json") { bytes in
        func read(_ bytes: [UInt8]) throws -> PathsManifest? {
            try Finding.accepted { try PathsManifest.read(infoFiles: ["info/paths.json": bytes]) }
        }
        let manifest = try read(bytes)
        // There is a quick way for what is usual: the other way must come to the same.
        if let value = try Finding.accepted({ try JSONReader.read(bytes, of: "input") }) {
            let unusual = try read(JSONWriter.encode(unusual(value), .indented))
            Finding.unlessEqual(manifest?.entries, unusual?.entries, "entries that are read in two ways")
        } else {
            Finding.unless(manifest == nil, "what is no JSON is a manifest")
        }
        guard let manifest else { return }
        Finding.unlessEqual(manifest.source, .pathsJSON, "the source")
        PlainRules.checkUnique(manifest.entries.map(\.path))
    }

    /// The same with an unknown member in the first path.
    private static func unusual(_ value: JSONValue) -> JSONValue {
        guard var top = value.object, var paths = top["paths"]?.array, var first = paths.first?.object else {
            return value
        }
        first.insert("unusual", ["\n"])
        paths[0] = .object(first)
        top["paths"] = .array(paths)
        return .object(top)
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
        guard let record = try Finding.accepted({ try PrefixRecord(fields.object) }) else {
            // Refused in one way, refused in the other.
            for name in fields.object["name"]?.string.map({ ["\($0)-1-0.json"] }) ?? [] {
                let quick = try Finding.accepted {
                    try PrefixRecord.read(bytes, named: name, detail: .withoutArrays)
                }
                Finding.unless(quick == nil, "a bad record is read quickly")
            }
            return
        }
        Finding.unless(PlainRules.isName(record.recordFileName), "`\(record.recordFileName)` is no file")
        PlainRules.checkUnique(record.entries.map(\.path))
        record.pythonSitePackagesPath.map(PlainRules.check)
        let again = Finding.ifRefused("a record is refused when written") {
            try PrefixRecord.read(record.encode(), named: record.recordFileName)
        }
        Finding.unless(again.object == record.object, "the record that was written differs")
        for detail in [PrefixRecord.Detail.everything, .withoutArrays] {
            let direct = Finding.ifRefused("a record is refused when it is read at once") {
                try PrefixRecord.read(bytes, named: record.recordFileName, detail: detail)
            }
            Finding.unlessEqual(direct.entries, record.entries, "entries that are read in two ways")
        }
        var copy = record.object
        copy["paths_data"] = ["paths_version": 1, "paths": .array(record.entries.map(\.json))]
        let entries = Finding.ifRefused("entries are refused when written") { try PrefixRecord(copy).entries }
        Finding.unlessEqual(entries, record.entries, "the entries that were written")
    }
}
