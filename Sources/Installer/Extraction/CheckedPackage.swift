// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
public import TrustCore

/// A package whose archive was inspected and every file checked, without unpacking it.
public struct CheckedPackage: Sendable {
    /// SHA-256 of the archive.
    public let sha256: Digest
    /// The archive's length in bytes.
    public let size: UInt64
    /// What the package says it installs.
    public let manifest: PathsManifest
    /// The bytes of the kept `info/` files, by path.
    public let infoFiles: [String: [UInt8]]
}
