// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// `info/paths.json` (CEP 34).
enum PathsJSON {
    static let subject = "info/paths.json"

    static func read(_ bytes: [UInt8]) throws -> [PathEntry] {
        if let entries = try plain(bytes) { return entries }
        let limits = JSONLimits(
            bytes: PathsManifest.maximumLength,
            depth: 8,
            values: 4 * PathsManifest.maximumEntries
        )
        let top = try JSONFields(try JSONReader.read(bytes, of: subject, limits: limits), of: subject)
        try checkVersion(top)
        let elements = try top.array("paths")
        guard elements.count <= PathsManifest.maximumEntries else {
            throw Refusal(
                PackageCode.tooManyPaths,
                subject,
                expected: "at most \(PathsManifest.maximumEntries) paths",
                found: "\(elements.count)"
            )
        }
        var unique = UniquePaths(of: subject)
        return try elements.map { element in
            let entry = try entry(JSONFields(element, of: subject))
            try unique.insert(entry.path)
            return entry
        }
    }

    /// Reads the usual form quickly; nil if there is anything unusual in it.
    private static func plain(_ bytes: [UInt8]) throws -> [PathEntry]? {
        guard bytes.count <= PathsManifest.maximumLength, let plain = PlainArrays.manifest(bytes) else {
            return nil
        }
        try checkVersion(JSONFields(try JSONReader.read(plain.rest, of: subject), of: subject))
        var unique = UniquePaths(of: subject, count: plain.entries.count)
        var entries: [PathEntry] = []
        entries.reserveCapacity(plain.entries.count)
        for entry in plain.entries {
            guard let path = entry.path, let kind = entry.type.flatMap(PathEntry.Kind.init),
                entry.sha256InPrefix == nil
            else { return nil }
            try unique.insert(path)
            entries.append(
                PathEntry(
                    path: path,
                    kind: kind,
                    sha256: entry.sha256,
                    size: entry.size,
                    placeholder: try entry.placeholder.map { try placeholder($0, mode: entry.mode, subject) },
                    noLink: entry.noLink ?? false
                )
            )
        }
        return entries
    }

    /// `paths_version` must be 1, here and in the `paths_data` of a prefix record.
    static func checkVersion(_ fields: JSONFields) throws {
        let version = try fields.integer("paths_version")
        guard version == 1 else {
            throw Refusal(PackageCode.pathsVersion, fields.subject, expected: "1", found: "\(version)")
        }
    }

    private static func entry(_ fields: JSONFields) throws -> PathEntry {
        let path = try path(fields, \.self)
        let type = try fields.string("path_type")
        guard let kind = PathEntry.Kind(rawValue: type) else {
            throw Refusal(
                PackageCode.pathType,
                fields.subject,
                at: path.text,
                expected: "`hardlink`, `softlink` or `directory`",
                found: type
            )
        }
        return PathEntry(
            path: path,
            kind: kind,
            sha256: try digest(fields, "sha256", .sha256),
            size: try size(fields, "size_in_bytes"),
            placeholder: try placeholder(fields),
            noLink: try fields.optionalBool("no_link") ?? false
        )
    }

    /// The `_path` of an entry, after a translation of its spelling.
    static func path(_ fields: JSONFields, _ spelled: (String) -> String) throws -> PrefixPath {
        let text = try fields.string("_path")
        return try safePath(spelled(text), fields.subject)
    }

    static func safePath(_ text: String, _ subject: String) throws -> PrefixPath {
        guard let path = PrefixPath(text) else {
            throw Refusal(
                PackageCode.pathUnsafe,
                subject,
                expected: "a relative path inside the package",
                found: text
            )
        }
        return path
    }

    static func digest(_ fields: JSONFields, _ key: String, _ algorithm: DigestAlgorithm) throws -> Digest? {
        guard let text = try fields.optionalString(key) else { return nil }
        guard let digest = Digest(algorithm, hex: text) else {
            throw Refusal(
                PackageCode.digestShape,
                fields.subject,
                at: "field `\(key)`",
                expected: "\(algorithm.byteCount * 2) hexadecimal digits",
                found: text
            )
        }
        return digest
    }

    static func size(_ fields: JSONFields, _ key: String) throws -> UInt64? {
        guard let number = try fields.optionalInteger(key) else { return nil }
        guard let size = UInt64(exactly: number) else {
            throw Refusal(
                PackageCode.sizeRange,
                fields.subject,
                at: "field `\(key)`",
                expected: "0 or more",
                found: "\(number)"
            )
        }
        return size
    }

    /// The placeholder and its mode; a mode alone means nothing.
    static func placeholder(_ fields: JSONFields) throws -> PathEntry.Placeholder? {
        guard let text = try fields.optionalString("prefix_placeholder") else { return nil }
        return try placeholder(text, mode: try fields.optionalString("file_mode"), fields.subject)
    }

    static func placeholder(_ text: String, mode: String?, _ subject: String) throws -> PathEntry.Placeholder
    {
        guard let mode, let mode = PathEntry.FileMode(rawValue: mode) else {
            throw Refusal(
                PackageCode.fileMode,
                subject,
                expected: "`text` or `binary`",
                found: mode ?? "nothing"
            )
        }
        // Build prefixes are long on purpose; anything short would be found by chance in other text.
        guard text.utf8.count >= 4, text.utf8.count <= PrefixPath.maximumLength,
            text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }),
            text.utf8.contains(where: { $0 == 0x2F || $0 == 0x5C })
        else {
            throw Refusal(PackageCode.placeholder, subject, expected: "an absolute path", found: text)
        }
        return PathEntry.Placeholder(text: text, mode: mode)
    }
}
