// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Installer
import TrustCore

/// Checks a package and everything in it, and writes nothing.
struct VerifyJob {
    let package: String

    /// The archive's digest.
    func run() throws -> String {
        let name = try ArchiveFileName(package.split(separator: "/").last ?? "")
        return try PackageExtractor.check(archivePath: package, fileName: name).sha256.hex
    }
}
