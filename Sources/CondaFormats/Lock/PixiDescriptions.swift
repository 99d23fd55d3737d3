// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// The `packages` of a pixi lock file: what it says of each conda package, by URL.
struct PixiDescriptions {
    enum Description {
        case package(LockedPackage)
        case unsupported(UnsupportedLockEntry.Kind)
    }

    private let subject: String
    private var descriptions: [ByteKey: Description] = [:]

    init(_ root: LockMapping, _ version: Int, _ subject: String) throws {
        self.subject = subject
        for node in try root.sequence("packages", subject) {
            guard let entry = node.mapping else {
                throw root.wrong("packages", "a list of mappings", subject)
            }
            if let url = try Self.condaURL(entry, version, subject) {
                try add(url, Self.description(url, entry, node.line, subject))
            }
        }
    }

    /// What is said of the conda package at a URL (`lock.dangling-entry`).
    func conda(_ url: String, line: Int) throws -> Description {
        guard let description = descriptions[ByteKey(url)] else {
            throw Refusal(
                LockCode.danglingEntry,
                subject,
                at: "line \(line)",
                expected: "a description under `packages`",
                found: (try? PackageURL(url))?.description
            )
        }
        return description
    }

    /// The URL or path of a conda package; nil for other sorts.
    private static func condaURL(_ entry: LockMapping, _ version: Int, _ subject: String) throws -> String? {
        if version >= 6 {
            if let url = try entry.optionalString("conda", subject) { return url }
            guard entry["pypi"] != nil || entry["conda_source"] != nil else {
                throw entry.wrong("conda", "there, or `pypi`", subject)
            }
            return nil
        }
        switch try entry.string("kind", subject) {
        case "conda": return try entry.optionalString("path", subject) ?? entry.string("url", subject)
        case "pypi": return nil
        default: throw entry.wrong("kind", "`conda` or `pypi`", subject)
        }
    }

    private static func description(
        _ url: String,
        _ entry: LockMapping,
        _ line: Int,
        _ subject: String
    ) throws -> Description {
        // A path is a package's sources, or an archive beside the lock file.
        guard url.contains("://") else {
            let isArchive = ArchiveFormat.allCases.contains { url.hasSuffix($0.suffix) }
            return .unsupported(isArchive ? .outsideChannel : .condaSource)
        }
        guard let location = try LockSectionBuilder.location(url, subject, line: line) else {
            return .unsupported(.outsideChannel)
        }
        try LockedClaims(
            name: try entry.optionalString("name", subject),
            version: try entry.optionalString("version", subject),
            build: try entry.optionalString("build", subject),
            subdir: try entry.optionalString("subdir", subject)
        ).check(location, subject, line: line)
        return .package(
            LockedPackage(
                location: location,
                md5: try entry.digest("md5", .md5, subject),
                sha256: try entry.digest("sha256", .sha256, subject),
                size: try entry.size("size", subject),
                category: nil,
                line: line
            )
        )
    }

    /// Adds a description; two of one package must agree.
    private mutating func add(_ url: String, _ description: Description) throws {
        if case .package(let old) = descriptions[ByteKey(url)], case .package(let new) = description {
            try LockSectionBuilder.check(old, new, subject)
        } else {
            descriptions[ByteKey(url)] = description
        }
    }
}
