// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// What an entry of a lock file says of its package besides the URL.
struct LockedClaims {
    var name: String?
    var version: String?
    var build: String?
    var subdir: String?

    /// Refuses claims that differ from what the URL says (`lock.entry-mismatch`).
    func check(_ location: PackageURL, _ subject: String, line: Int) throws {
        let file = location.fileName
        // Older pixi files give the environment's platform as the subdirectory of `noarch` packages.
        let subdir = location.subdir == .noarch ? nil : subdir
        let claims = [
            ("name", name?.lowercased(), file.name.normalized), ("version", version, file.version),
            ("build", build, file.build), ("subdir", subdir, location.subdir.text),
        ]
        for (field, claim, fact) in claims {
            guard let claim, !claim.utf8.elementsEqual(fact.utf8) else { continue }
            throw Refusal(
                LockCode.entryMismatch,
                file.text,
                at: "\(subject), line \(line)",
                expected: "\(field) `\(fact)`, as in the URL",
                found: "`\(QuotedText.short(claim))`"
            )
        }
    }
}
