// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
public import TrustCore

/// A package whose archive was inspected, whose files were each checked against its manifest, and which
/// stands unpacked in a folder of its own, as the extractor left it.
///
/// That the package may be installed is not said here: see `AdmittedPackage` in Gatekeeper.
public struct ExtractedPackage: Sendable {
    /// The absolute path of the folder that holds the package's files, `info/` among them.
    public let directory: String
    /// SHA-256 of the archive that was unpacked, of the very bytes that were read.
    public let sha256: Digest
    /// The MD5 that the caller's index gives for these bytes, since conda's records carry one too. It is not
    /// computed: whoever trusts the index for the SHA-256 trusts it for this, which nothing depends on.
    public let md5: Digest?
    /// The archive's length in bytes.
    public let size: UInt64
    /// What the package says it installs; every file in the folder was checked against it.
    public let manifest: PathsManifest

    init(directory: String, sha256: Digest, md5: Digest?, size: UInt64, manifest: PathsManifest) {
        self.directory = directory
        self.sha256 = sha256
        self.md5 = md5
        self.size = size
        self.manifest = manifest
    }
}
