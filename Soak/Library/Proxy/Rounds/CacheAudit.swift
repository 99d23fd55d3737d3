// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Foundation

/// Looks at a cache behind its proxies' backs.
enum CacheAudit {
    /// Files whose bytes are not what their names say.
    static func altered(in cache: String) -> [String] {
        let folder = cache + "/sha256"
        return (FileManager.default.subpaths(atPath: folder) ?? []).sorted().filter { path in
            let name = path.filter { $0 != "/" }
            guard name.count == 64, let bytes = FileManager.default.contents(atPath: folder + "/" + path)
            else {
                return false
            }
            return HonestChannels.digest(Array(bytes)[...]) != name
        }
    }

    /// Downloads that nobody is writing any more.
    static func left(in cache: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: cache + "/tmp"))?.sorted() ?? []
    }

    /// Removes all downloads, whoever uses them; answers how many.
    static func empty(_ cache: String) -> Int {
        let folder = cache + "/sha256"
        return (FileManager.default.subpaths(atPath: folder) ?? []).count { path in
            unlink(folder + "/" + path) == 0
        }
    }
}
