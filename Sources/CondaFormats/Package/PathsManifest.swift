// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// What a package says it installs, from `info/paths.json` or, in packages made before it, from `info/files`,
/// `info/has_prefix` and `info/no_link`.
public struct PathsManifest: Sendable {
    /// Where the manifest was read from.
    public enum Source: Sendable, Equatable {
        /// `info/paths.json`, whose digests bind every file.
        case pathsJSON
        /// The legacy text files, which have names but no digests.
        case legacy
    }

    /// Where it was read from.
    public let source: Source
    /// The entries, in the order of the file, each path once.
    public let entries: [PathEntry]

    /// Makes a manifest of entries whose paths are known to be unique.
    init(source: Source, uniqueEntries: [PathEntry]) {
        self.source = source
        entries = uniqueEntries
    }
}
