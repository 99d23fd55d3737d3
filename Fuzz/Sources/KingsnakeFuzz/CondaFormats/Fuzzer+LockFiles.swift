// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TrustCore

extension Fuzzer {
    /// Lock files of each kind, and what they say for each platform and environment.
    static let lockFiles = Fuzzer("lock-files") { bytes in
        let lock = try LockFile.read(bytes, fileName: "folder/pixi.lock")
        let environments = [nil] + lock.environments.prefix(4).map(Optional.some)
        for platform in lock.platforms.prefix(4) + [.noarch] {
            for environment in environments {
                let selection = try Finding.accepted {
                    try lock.packages(platform: platform, environment: environment)
                }
                for package in selection?.packages ?? [] { try check(package, for: platform) }
            }
        }
    }

    private static func check(_ package: LockedPackage, for platform: Subdir) throws {
        Finding.unless(PlainRules.isName(package.fileName.text), "`\(package.fileName)` is no file")
        Finding.unless(
            [platform, .noarch].contains(package.subdir),
            "`\(package.fileName)` is for another platform"
        )
        let again = Finding.ifRefused("a locked URL is refused") { try PackageURL(package.url) }
        Finding.unlessEqual(again, package.location, "the package at the locked URL")
        Finding.unlessEqual(package.missingDigest == nil, package.sha256 != nil, "whether a digest binds it")
    }
}
