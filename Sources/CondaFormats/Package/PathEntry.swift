// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// One file, link or folder that a package says it installs: an entry of `info/paths.json` (CEP 34).
public struct PathEntry: Hashable, Sendable {
    /// What the entry installs as.
    public enum Kind: String, Sendable {
        /// A regular file: `hardlink` in the file.
        case file = "hardlink"
        /// A symbolic link: `softlink` in the file. Its digest is that of the file it leads to, if that is in
        /// the package.
        case symbolicLink = "softlink"
        /// An empty folder: `directory` in the file.
        case directory
    }

    /// How a placeholder is replaced.
    public enum FileMode: String, Sendable {
        /// Text: the new prefix takes the placeholder's place, the length changes.
        case text
        /// Binary: each C string that holds the placeholder is padded with NUL to its old length.
        case binary
    }

    /// The build-time prefix inside a file, which installing replaces by the real one.
    public struct Placeholder: Hashable, Sendable {
        /// The text to replace.
        public let text: String
        /// How to replace it.
        public let mode: FileMode

        /// Makes a placeholder.
        public init(text: String, mode: FileMode) {
            self.text = text
            self.mode = mode
        }
    }

    /// Where it goes, relative to the prefix (for noarch python packages: before `site-packages/` and
    /// `python-scripts/` are mapped).
    public let path: PrefixPath
    /// What it installs as.
    public let kind: Kind
    /// SHA-256 of the file as it is in the package, before any replacement. Nil in legacy packages and for
    /// some links.
    public let sha256: Digest?
    /// Length in bytes of the file as it is in the package. Nil in legacy packages.
    public let size: UInt64?
    /// The prefix to replace, if any.
    public let placeholder: Placeholder?
    /// Whether it must be copied, never linked.
    public let noLink: Bool

    /// Makes an entry.
    public init(
        path: PrefixPath,
        kind: Kind = .file,
        sha256: Digest? = nil,
        size: UInt64? = nil,
        placeholder: Placeholder? = nil,
        noLink: Bool = false
    ) {
        self.path = path
        self.kind = kind
        self.sha256 = sha256
        self.size = size
        self.placeholder = placeholder
        self.noLink = noLink
    }
}
