// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// What a snapshot says about hash bins.
public enum BinPromises: Sendable, Hashable {
    /// The version of each, which is what protects from rollback and mix-and-match.
    case versions
    /// Length and SHA-256 as well: 132 bytes a bin in place of 31.
    case bytes
}
