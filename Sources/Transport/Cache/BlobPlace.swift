// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// The name of a blob inside a cache.
struct BlobPlace {
    let folders: [String]
    let name: String

    var path: String { (folders + [name]).joined(separator: "/") }

    init(_ digest: Digest) throws {
        guard digest.algorithm != .md5 else {
            throw Failure(.configuration, "the cache takes nothing by an MD5 digest", at: digest.description)
        }
        let hex = digest.hex
        folders = [digest.algorithm.rawValue, String(hex.prefix(2))]
        name = String(hex.dropFirst(2))
    }
}
