// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// One installed file of a ``PrefixRecord``: an element of `paths_data.paths`.
public struct InstalledEntry: Hashable, Sendable {
    /// What the entry was installed as.
    public enum Kind: String, Sendable {
        /// A regular file.
        case file = "hardlink"
        /// A symbolic link.
        case symbolicLink = "softlink"
        /// A folder.
        case directory
        /// A compiled Python file, made while installing.
        case compiledPython = "pyc_file"
        /// A program made for an entry point while installing.
        case entryPoint = "unix_python_entry_point"
        /// A script made for an entry point on Windows.
        case windowsEntryPointScript = "windows_python_entry_point_script"
        /// A launcher made for an entry point on Windows.
        case windowsEntryPointProgram = "windows_python_entry_point_exe"
        /// A record that conda once kept for a package in a private environment.
        case linkedPackageRecord = "linked_package_record"
    }

    /// Where it is, relative to the prefix.
    public let path: PrefixPath
    /// What it was installed as.
    public let kind: Kind
    /// SHA-256 of the file in the package.
    public let sha256: Digest?
    /// SHA-256 of the file in the prefix, where replacing the placeholder changed it.
    public let sha256InPrefix: Digest?
    /// Length in bytes of the file in the package; with a placeholder replaced, of the file in the prefix.
    public let size: UInt64?
    /// The placeholder that was replaced, if any.
    public let placeholder: PathEntry.Placeholder?
    /// Whether the package demanded a copy.
    public let noLink: Bool

    /// Makes an entry.
    public init(
        path: PrefixPath,
        kind: Kind,
        sha256: Digest? = nil,
        sha256InPrefix: Digest? = nil,
        size: UInt64? = nil,
        placeholder: PathEntry.Placeholder? = nil,
        noLink: Bool = false
    ) {
        self.path = path
        self.kind = kind
        self.sha256 = sha256
        self.sha256InPrefix = sha256InPrefix
        self.size = size
        self.placeholder = placeholder
        self.noLink = noLink
    }

    /// The entry as an element of `paths_data.paths`.
    public var json: JSONValue {
        var object = JSONObject()
        object["_path"] = .string(path.text)
        object["path_type"] = .string(kind.rawValue)
        if let sha256 { object["sha256"] = .string(sha256.hex) }
        if let sha256InPrefix { object["sha256_in_prefix"] = .string(sha256InPrefix.hex) }
        if let size, let size = Int64(exactly: size) { object["size_in_bytes"] = .number(JSONNumber(size)) }
        if let placeholder {
            object["prefix_placeholder"] = .string(placeholder.text)
            object["file_mode"] = .string(placeholder.mode.rawValue)
        }
        if noLink { object["no_link"] = true }
        return .object(object)
    }

    /// Reads `paths_data`, or `files` in records that have only names.
    static func readAll(_ record: JSONFields) throws -> [InstalledEntry] {
        var unique = UniquePaths(of: record.subject)
        guard let data = try record.optionalFields("paths_data") else {
            return try (record.optionalStrings("files") ?? []).map { name in
                let path = try PathsJSON.safePath(slashed(name), record.subject)
                try unique.insert(path)
                return InstalledEntry(path: path, kind: .file)
            }
        }
        try PathsJSON.checkVersion(data)
        return try data.array("paths").map { element in
            let entry = try InstalledEntry(JSONFields(element, of: record.subject))
            try unique.insert(entry.path)
            return entry
        }
    }

    /// Takes entries that were read quickly; nil if there is anything unusual in them.
    static func plain(_ entries: [PlainEntry], _ subject: String) throws -> [InstalledEntry]? {
        var unique = UniquePaths(of: subject, count: entries.count)
        var result: [InstalledEntry] = []
        result.reserveCapacity(entries.count)
        for entry in entries {
            guard let path = entry.path, let kind = entry.type.flatMap(Kind.init) else { return nil }
            try unique.insert(path)
            result.append(
                InstalledEntry(
                    path: path,
                    kind: kind,
                    sha256: entry.sha256,
                    sha256InPrefix: entry.sha256InPrefix,
                    size: entry.size,
                    placeholder: try entry.placeholder.map {
                        try PathsJSON.placeholder($0, mode: entry.mode, subject)
                    },
                    noLink: entry.noLink ?? false
                )
            )
        }
        return result
    }

    private init(_ fields: JSONFields) throws {
        path = try PathsJSON.path(fields, Self.slashed)
        let type = try fields.string("path_type")
        guard let kind = Kind(rawValue: type) else {
            throw Refusal(
                PackageCode.pathType,
                fields.subject,
                at: path.text,
                expected: "a known path type",
                found: type
            )
        }
        self.kind = kind
        sha256 = try PathsJSON.digest(fields, "sha256", .sha256)
        sha256InPrefix = try PathsJSON.digest(fields, "sha256_in_prefix", .sha256)
        size = try PathsJSON.size(fields, "size_in_bytes")
        placeholder = try PathsJSON.placeholder(fields)
        noLink = try fields.optionalBool("no_link") ?? false
    }

    /// Records written on Windows have backslashes between components.
    static func slashed(_ path: String) -> String {
        guard path.utf8.contains(UInt8(ascii: "\\")) else { return path }
        return String(
            decoding: path.utf8.map { $0 == UInt8(ascii: "\\") ? UInt8(ascii: "/") : $0 },
            as: UTF8.self
        )
    }
}
