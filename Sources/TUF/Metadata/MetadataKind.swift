// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// The four kinds of metadata; delegated roles are of kind `targets`.
public enum MetadataKind: String, Sendable, CaseIterable {
    /// Which keys and thresholds the top-level roles have.
    case root
    /// Which snapshot is the newest.
    case timestamp
    /// Which versions of targets metadata belong together.
    case snapshot
    /// Which files there are, with their digests, and who else may say so.
    case targets
}
