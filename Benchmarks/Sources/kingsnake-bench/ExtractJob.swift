// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Installer
import TrustCore

/// Unpacks a package and checks everything in it, as installing does.
struct ExtractJob {
    let package: String
    /// The absolute path of the folder to make.
    let folder: String

    /// The archive's digest.
    func run() throws -> String {
        let name = try ArchiveFileName(package.split(separator: "/").last ?? "")
        return try PackageExtractor.extract(archivePath: package, fileName: name, into: folder).sha256.hex
    }
}
