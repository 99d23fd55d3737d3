// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TrustCore

extension Fuzzer {
    /// Whole packages, `.conda` or `.tar.bz2` by their first bytes.
    static let archive = Fuzzer("archive") { bytes in
        try ModelPrefix.read(bytes, named: archiveName(bytes))
    }

    private static func archiveName(_ bytes: [UInt8]) throws -> ArchiveFileName {
        if bytes.starts(with: "BZh".utf8) { return try ArchiveFileName("a-1-0.tar.bz2") }
        // The members are named after the package: its name is taken from them.
        for start in bytes.indices.prefix(4096) where bytes[start...].starts(with: "pkg-".utf8) {
            let stem = bytes[(start + 4)...].prefix(200)
            for end in stem.indices where bytes[end...].starts(with: ".tar.zst".utf8) {
                let text = String(decoding: bytes[(start + 4)..<end], as: UTF8.self)
                if let name = try? ArchiveFileName(text + ".conda") { return name }
            }
        }
        return try ArchiveFileName("a-1-0.conda")
    }

    /// The payload of a `.conda` package as it is before compression. Checksums of headers are put right here.
    static let tar = Fuzzer("tar") { bytes in
        var payload = bytes
        TarBlocks.correctChecksums(&payload)
        let info = TarBlocks.file("info/paths.json", Array(#"{"paths":[],"paths_version":1}"#.utf8))
        try ModelPrefix.read(
            CondaZip.write(payload: payload, info: info),
            named: ArchiveFileName("a-1-0.conda")
        )
    }

    /// Entries of a package, one a line: a letter for its kind, its name, a tab, and its content or target. The manifest
    /// is made to fit, so that nothing but the entries themselves can be refused.
    static let archiveEntries = Fuzzer("archive-entries") { bytes in
        var payload: [UInt8] = []
        var info: [UInt8] = []
        var paths: [JSONValue] = []
        var parts = InputParts(bytes)
        while !parts.isAtEnd, paths.count < 64 {
            var line = InputParts(parts.part(endingAt: 0x0A))
            let kind = line.byte()
            let name = line.part(endingAt: 0x09)
            let isInfo = name.starts(with: "info/".utf8)
            let entry = TarBlocks.entry(kind, name, line.remainder)
            if isInfo { info += entry } else { payload += entry }
            guard !isInfo, let type = pathType(kind) else { continue }
            var path: JSONObject = JSONObject()
            path["_path"] = .string(String(decoding: name, as: UTF8.self))
            path["path_type"] = .string(type)
            if kind == UInt8(ascii: "f") { path["sha256"] = .string(Digest.of(line.remainder).hex) }
            paths.append(.object(path))
        }
        let manifest = JSONWriter.encode(["paths": .array(paths), "paths_version": 1])
        info += TarBlocks.file("info/paths.json", manifest)
        try ModelPrefix.read(
            CondaZip.write(payload: payload, info: info),
            named: ArchiveFileName("a-1-0.conda")
        )
    }

    private static func pathType(_ kind: UInt8) -> String? {
        switch kind {
        case UInt8(ascii: "f"), UInt8(ascii: "h"): "hardlink"
        case UInt8(ascii: "s"): "softlink"
        default: nil
        }
    }
}
