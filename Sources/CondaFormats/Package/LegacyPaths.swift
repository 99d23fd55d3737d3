// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// `info/files`, `info/has_prefix` and `info/no_link`: what packages had before `info/paths.json`.
enum LegacyPaths {
    /// What a line of `info/has_prefix` means that has only a path.
    static let defaultPlaceholder = "/opt/anaconda1anaconda2anaconda3"

    static func read(files: [UInt8], hasPrefix: [UInt8]?, noLink: [UInt8]?) throws -> [PathEntry] {
        var unique = UniquePaths(of: "info/files")
        let paths = try lines(files, of: "info/files").map { line in
            let path = try PathsJSON.safePath(line, "info/files")
            try unique.insert(path)
            return path
        }
        let known = Set(paths)
        let placeholders = try placeholders(hasPrefix ?? [], known)
        let noLink = try Set(
            lines(noLink ?? [], of: "info/no_link").map { try listed($0, known, "info/no_link") }
        )
        return paths.map {
            PathEntry(path: $0, placeholder: placeholders[$0], noLink: noLink.contains($0))
        }
    }

    private static func placeholders(
        _ bytes: [UInt8],
        _ known: Set<PrefixPath>
    ) throws -> [PrefixPath: PathEntry.Placeholder] {
        let subject = "info/has_prefix"
        var result: [PrefixPath: PathEntry.Placeholder] = [:]
        for line in try lines(bytes, of: subject) {
            let (placeholder, mode, name) = try parts(line, subject)
            let path = try listed(name, known, subject)
            let value = try PathsJSON.placeholder(placeholder, mode: mode, subject)
            guard result.updateValue(value, forKey: path) == nil else {
                throw Refusal(PackageCode.pathDuplicate, subject, at: path.text, expected: "each path once")
            }
        }
        return result
    }

    private static func parts(_ line: String, _ subject: String) throws -> (String, String, String) {
        switch words(line) {
        case let words? where words.count == 1: return (defaultPlaceholder, "text", words[0])
        case let words? where words.count == 3: return (words[0], words[1], words[2])
        default:
            throw Refusal(
                PackageCode.prefixLine,
                subject,
                expected: "a path, or a placeholder, a mode and a path",
                found: line
            )
        }
    }

    /// Splits at white space, except between quotes at both ends of a word; nil if a quote stays open.
    private static func words(_ line: String) -> [String]? {
        var words: [String] = []
        var rest = line.utf8[...]
        while let first = rest.first {
            if first == 0x20 || first == 0x09 {
                rest = rest.dropFirst()
                continue
            }
            let quoted = first == UInt8(ascii: "\"") || first == UInt8(ascii: "'")
            if quoted { rest = rest.dropFirst() }
            let end = rest.firstIndex { quoted ? $0 == first : $0 == 0x20 || $0 == 0x09 }
            if quoted, end == nil { return nil }
            words.append(String(Substring(rest[..<(end ?? rest.endIndex)])))
            rest = rest[(end ?? rest.endIndex)...]
            if quoted { rest = rest.dropFirst() }
        }
        return words
    }

    private static func listed(_ name: String, _ known: Set<PrefixPath>, _ subject: String) throws
        -> PrefixPath
    {
        let path = try PathsJSON.safePath(name, subject)
        guard known.contains(path) else {
            throw Refusal(PackageCode.prefixLine, subject, expected: "a path of `info/files`", found: name)
        }
        return path
    }

    /// The lines that are not empty, without their line ends.
    private static func lines(_ bytes: [UInt8], of subject: String) throws -> [String] {
        try bytes.split(separator: 0x0A).compactMap { line in
            let line = line.last == 0x0D ? line.dropLast() : line
            guard !line.isEmpty else { return nil }
            guard let text = String(validating: line, as: UTF8.self) else {
                throw Refusal(PackageCode.textEncoding, subject, expected: "UTF-8")
            }
            return text
        }
    }
}
