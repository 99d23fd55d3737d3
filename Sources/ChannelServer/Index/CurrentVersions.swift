// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats

/// What `current_repodata.json` holds: the files of each package's highest version. One whose version cannot be ordered
/// stays, and makes no other one go.
struct CurrentVersions {
    private var highest: [PackageName: CondaVersion] = [:]

    /// Looks for the highest versions among files.
    init(_ files: some Sequence<ArchiveFileName>) {
        for file in files {
            guard let version = try? CondaVersion(file.version) else { continue }
            if let known = highest[file.name], known >= version { continue }
            highest[file.name] = version
        }
    }

    /// Whether one of the files that were looked at is current.
    func contains(_ file: ArchiveFileName) -> Bool {
        guard let version = try? CondaVersion(file.version) else { return true }
        return highest[file.name] == version
    }
}
