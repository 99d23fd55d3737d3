// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// What a package says it installs, from `info/paths.json` or, in packages made before it, from `info/files`,
/// `info/has_prefix` and `info/no_link`.
///
/// Whether the files are there, and are what the digests say, is the extractor's business.
public struct PathsManifest: Sendable {
    /// Where the manifest was read from.
    public enum Source: Sendable, Equatable {
        /// `info/paths.json`, with the digests of files, where it has them.
        case pathsJSON
        /// The legacy text files, which have names but no digests. Whether an entry is a file or a symbolic
        /// link only the archive tells; all are given as files here.
        case legacy
    }

    /// The most entries a package may have.
    public static let maximumEntries = 2_000_000
    /// The longest `info/paths.json` that is read, in bytes.
    public static let maximumLength = 512 << 20

    /// Where it was read from.
    public let source: Source
    /// The entries, in the order of the file, each path once.
    public let entries: [PathEntry]

    /// Makes a manifest of entries whose paths are known to be unique.
    init(source: Source, uniqueEntries: [PathEntry]) {
        self.source = source
        entries = uniqueEntries
    }

    /// Reads the manifest from the members of a package's `info/` folder.
    ///
    /// `info/paths.json` wins; the legacy files count only where it is not there (CEP 34).
    ///
    /// - Parameter infoFiles: bytes by path; looked at are `info/paths.json`, `info/files`, `info/has_prefix`
    ///   and `info/no_link`.
    /// - Throws: a `Refusal` with a ``PackageCode`` or a `json.…` code.
    public static func read(infoFiles: [String: [UInt8]]) throws -> PathsManifest {
        if let bytes = infoFiles["info/paths.json"] {
            return PathsManifest(source: .pathsJSON, uniqueEntries: try PathsJSON.read(bytes))
        }
        guard let files = infoFiles["info/files"] else {
            throw Refusal(
                PackageCode.manifestMissing,
                "info",
                expected: "`info/paths.json` or `info/files`",
                found: "neither"
            )
        }
        let entries = try LegacyPaths.read(
            files: files,
            hasPrefix: infoFiles["info/has_prefix"],
            noLink: infoFiles["info/no_link"]
        )
        return PathsManifest(source: .legacy, uniqueEntries: entries)
    }
}

/// Refuses a path that comes a second time, and more paths than a package may have.
struct UniquePaths {
    private var seen: Set<PrefixPath> = []
    let subject: String

    init(of subject: String, count: Int = 0) {
        self.subject = subject
        seen.reserveCapacity(min(count, PathsManifest.maximumEntries))
    }

    mutating func insert(_ path: PrefixPath) throws {
        guard seen.insert(path).inserted else {
            throw Refusal(PackageCode.pathDuplicate, subject, at: path.text, expected: "each path once")
        }
        guard seen.count <= PathsManifest.maximumEntries else {
            throw Refusal(
                PackageCode.tooManyPaths,
                subject,
                expected: "at most \(PathsManifest.maximumEntries) paths"
            )
        }
    }
}
