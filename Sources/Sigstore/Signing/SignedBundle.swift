// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// A bundle that was just made, and has been verified as anybody would verify it.
///
/// Only BundleSigner makes one.
public struct SignedBundle: Sendable {
    /// The bundle in JSON, as it was verified.
    public let bytes: [UInt8]
    /// The same, read.
    public let bundle: Bundle
    /// What it proves.
    public let verified: VerifiedBundle
}
