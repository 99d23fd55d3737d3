// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// The two forms of a package's archive.
public enum ArchiveFormat: String, Sendable, CaseIterable {
    /// A zip file that holds zstd-compressed tar files.
    case conda = ".conda"
    /// One bzip2-compressed tar file.
    case tarBz2 = ".tar.bz2"

    /// How file names of this form end, with the dot.
    public var suffix: String { rawValue }
}
